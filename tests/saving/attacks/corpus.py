"""The table of attacks, and the small tools that its builders share.

A builder gets a `Lab` and returns the path of a hostile file, or (path, function that opens it). It is entered by
`@attack(source)`, the source being the public report that it is written from; `attacks` enters one for each row of a table.
"""

import functools
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

FAMILIES = (
    "programs",
    "names",
    "paths",
    "zips",
    "json_texts",
    "config_types",
    "graphs",
    "sizes",
    "hdf5_places",
    "hdf5_types",
    "weights",
    "old_files",
    "states",
    "other_formats",
    "flat",
)
CONFIG, WEIGHTS = "config.json", "model.weights.h5"


class Attack(NamedTuple):
    name: str
    family: str
    source: str
    build: Callable[["Lab"], Any]


ATTACKS: dict[str, Attack] = {}


def attack(source: str) -> Callable[[Any], Any]:
    def decorate(build: Any) -> Any:
        _enter(build.__name__, build.__module__, source, build)
        return build

    return decorate


def attacks(source: str, rows: dict[str, Any]) -> Callable[[Any], Any]:
    """Enters `build(lab, row)` for each row."""

    def decorate(build: Any) -> Any:
        for name, row in rows.items():
            _enter(f"{build.__name__}-{name}", build.__module__, source, functools.partial(_with_row, build, row))
        return build

    return decorate


def _with_row(build: Any, row: Any, lab: "Lab") -> Any:
    return build(lab, row)


def _enter(name: str, module: str, source: str, build: Any) -> None:
    assert name not in ATTACKS, name
    ATTACKS[name] = Attack(name, module, source, build)


class Lab:
    """A folder of its own for a case. `secret` is a folder of files that nothing may open."""

    def __init__(self, folder: Path, secret: Path, good: dict[str, bytes]):
        self.folder, self.secret, self.good = folder, secret, good

    def write(self, content: bytes, ending: str = ".keras") -> Path:
        path = self.folder / f"net{ending}"
        path.write_bytes(content)
        return path

    def members(self, kind: str = "keras") -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(self.good[kind])) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def pack(self, parts: Any, compression: int = zipfile.ZIP_STORED, ending: str = ".keras") -> Path:
        """An archive of these members, a dict or pairs of a name or ZipInfo and content."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", compression) as archive:
            for name, content in parts.items() if isinstance(parts, dict) else parts:
                archive.writestr(name, content)
        return self.write(buffer.getvalue(), ending)

    def changed(self, edit: Callable[[Any], Any], kind: str = "keras") -> Path:
        """A good file whose config `edit` has changed, in place or by what it returns."""
        parts = self.members(kind)
        config = json.loads(parts[CONFIG])
        found = edit(config)
        parts[CONFIG] = json.dumps(config if found is None else found).encode()
        return self.pack(parts)

    def layer(self, **entries: Any) -> Path:
        """A good file whose Dense layer has these entries in its config."""
        return self.changed(lambda c: dense(c)["config"].update(entries))

    def added(self, class_name: str, config: Any, module: Any = "keras.layers", **entries: Any) -> Path:
        """A good file with one more layer."""
        entry = {"module": module, "class_name": class_name, "config": config, "registered_name": None, **entries}
        return self.changed(lambda c: c["config"]["layers"].append(entry))

    def text(self, content: bytes | str) -> Path:
        """A file with this config text."""
        return self.pack({**self.members(), CONFIG: content})

    def weights(self, fill: Callable[[Any], Any]) -> Path:
        """A good file with other weights."""
        return self.pack({**self.members(), WEIGHTS: h5(fill)})

    def old(self, edit: Callable[[Any], Any]) -> Path:
        """A good old .h5 file, opened for change."""
        import h5py

        path = self.write(self.good["h5"], ".h5")
        with h5py.File(path, "r+") as file:
            edit(file)
        return path

    def old_config(self, edit: Callable[[Any], Any]) -> Path:
        def change(file: Any) -> None:
            config = json.loads(file.attrs["model_config"])
            found = edit(config)
            file.attrs["model_config"] = json.dumps(config if found is None else found)

        return self.old(change)


@functools.cache
def bomb() -> bytes:
    """Spaces, which shrink a thousandfold."""
    return b" " * (40 * 2**20)


def dense(config: Any) -> Any:
    """The entry of the Dense layer in the config of the good model."""
    return next(entry for entry in config["config"]["layers"] if entry["class_name"] == "Dense")


def h5(fill: Callable[[Any], Any]) -> bytes:
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        fill(file)
    return buffer.getvalue()


def into_net(path: Path) -> tuple[Path, Callable[[Any], Any]]:
    """The file as weights for the good model."""
    return path, lambda p: net().load_weights(p)


def net() -> Any:
    from lamina import layers, models

    return models.Sequential([layers.Input((3,)), layers.Dense(2, name="dense")], name="net")


def end_record(content: bytes) -> int:
    """Where the record is that ends an archive."""
    return content.rindex(b"PK\5\6")


def patched(content: bytes, name: str, field: int, value: int, size: str = "<L") -> bytes:
    """The archive with a field of the member's entries in the central directory and beside it changed.

    `field` is its place in the central entry; the local header has the same fields two bytes earlier, 16 after its start.
    """
    changed = bytearray(content)
    raw = name.encode()
    place = content.rindex(b"PK\1\2", 0, content.rindex(raw))
    struct.pack_into(size, changed, place + field, value)
    start = struct.unpack_from("<L", content, place + 42)[0]
    struct.pack_into(size, changed, start + field - 2, value)
    return bytes(changed)
