"""Weights in several files: `net.weights.json` says in which of `net_00000.weights.h5`, `net_00001.weights.h5`, ... they lie.

The layout is that of Keras 3: a shard has the groups of a `.weights.h5` file, and an object's arrays may lie in several.
"""

import contextlib
import io
import itertools
import json
import os
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from lamina import distribution
from lamina._interrupts import Uninterrupted

from ._errors import ModelFileError
from ._flat_weights import collect, is_optimizer
from ._h5 import Reader, Store, put
from ._json import parse_json
from ._walk import walk
from ._writer import write_bytes

MAP = ".weights.json"
_SHARD = ".weights.h5"


def write_shards(model: Any, path: str, largest: float) -> None:
    """Writes the weights in files of `largest` gigabytes at most (an array is never cut), then the map.

    Whoever is killed leaves the old weights or the new ones: the files get names that the map of now does not use, one rename
    puts the new map in its place, and what it does not name is deleted after. A save that fails deletes what it wrote.
    """
    start, folder = os.path.basename(path).removesuffix(MAP), os.path.dirname(path)
    written = set()
    try:
        for name, content in shards_of(model, start, largest, _free_mark(path, start)):
            written.add(name)
            write_bytes(os.path.join(folder, name), content)
    finally:
        with Uninterrupted():
            used = _used(path) | {start + MAP}
            is_in_place = bool(written) and written <= used
            others = {n for n in os.listdir(folder or ".") if is_shard(n, start)} if is_in_place else written
            _delete(folder, others - used)


def shards_of(
    model: Any, start: str, largest: float, mark: str = "", include_optimizer: bool = True
) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the files of weights, and at last of the map; `mark` stands behind the numbers of the files."""
    names: dict[str, list[str]] = {}
    total = 0
    for number, shard in enumerate(_shards(model, largest * 2**30, include_optimizer)):
        name = f"{start}_{number:05}{mark}{_SHARD}"
        yield name, _h5_bytes(shard)
        for place, array in shard.items():
            total += array.nbytes
            files = names.setdefault(f"/{place.rpartition('/')[0]}", [])
            files += [] if name in files else [name]
    weight_map = {place: files[0] if len(files) == 1 else files for place, files in names.items()}
    about = {"metadata": {"total_size": total}, "weight_map": weight_map}
    yield start + MAP, json.dumps(about, indent=4).encode()


def _free_mark(path: str, start: str) -> str:
    """What the names of new files have behind their number, so that none is in use: nothing, "-1", "-2", ..."""
    used = {_mark(name, start) for name in _used(path)}
    return next(mark for n in itertools.count() if (mark := f"-{n}" if n else "") not in used)


def _used(path: str) -> set[str]:
    """The names of the files in which the map's weights lie."""
    try:
        return {name for names in read_map(path).values() for name in names}
    except (OSError, ModelFileError):  # no map, or none that could be read: there are no weights to keep
        return set()


def is_shard(name: str, start: str) -> bool:
    """Whether a file of that name holds weights of the map `start`."""
    return _mark(name, start) is not None


def _mark(name: str, start: str) -> str | None:
    """The mark in the name of a file of this map, None for another file."""
    found = re.fullmatch(rf"{re.escape(start)}_\d{{5,}}(|-\d+){re.escape(_SHARD)}", name)
    return found and found[1]


def _delete(folder: str, names: set[str]) -> None:
    """Deletes files of weights that were here before, or of a save that was broken off."""
    for name in names if distribution.is_first() else ():
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(folder, name))


def _shards(model: Any, largest: float, include_optimizer: bool) -> Iterator[dict[str, np.ndarray]]:
    """The arrays by place, as many at a time as fit."""
    parts = ((place, part) for place, part in walk(model) if include_optimizer or not is_optimizer(part))
    shard: dict[str, np.ndarray] = {}
    size = 0
    for place, array in collect(parts).items():
        if shard and size + array.nbytes > largest:
            yield shard
            shard, size = {}, 0
        shard[place] = array
        size += array.nbytes
    yield shard


def _h5_bytes(table: dict[str, np.ndarray]) -> bytes:
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for place, array in table.items():
            group, _, key = place.rpartition("/")
            put(file.require_group(group), key, array)
    return buffer.getvalue()


class Shards:
    """The files of sharded weights, opened for reading. Raises ModelFileError for a map that is none.

    `called` is what messages call the map, if not its path.
    """

    def __init__(self, path: str, called: str | None = None):
        self.path = path if called is None else called
        self._stack = contextlib.ExitStack()
        self._files = read_map(path, self.path)
        folder = os.path.dirname(path)
        with self._stack:
            names = sorted({name for files in self._files.values() for name in files})
            self._readers = {name: self._opened(os.path.join(folder, name), name) for name in names}
            self._stack = self._stack.pop_all()

    def _opened(self, file: str, name: str) -> Reader:
        if not os.path.exists(file):
            raise ModelFileError(self.path, name, "missing; it should lie beside the map.")
        return self._stack.enter_context(Reader(file, self.path, name))

    def __enter__(self) -> "Shards":
        return self

    def __exit__(self, *exc: Any) -> None:
        self._stack.__exit__(*exc)

    def store(self, place: str) -> "ShardStore":
        files = self._files.get(f"/{place}/vars" if place else "/vars", [])
        return ShardStore([Store(self._readers[name], place) for name in files], self, place)

    def bad(self, reason: str, place: str | None = None) -> ModelFileError:
        return ModelFileError(self.path, place, reason)


class ShardStore:
    """What `load_own_variables` reads from: the arrays of one place, in whichever file."""

    def __init__(self, stores: list[Store], shards: Shards, place: str):
        self._stores, self._shards, self._place = stores, shards, place

    def keys(self) -> list[str]:
        return [key for store in self._stores for key in store.keys()]  # noqa: SIM118

    def __len__(self) -> int:
        return len(self.keys())

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __contains__(self, key: object) -> bool:
        return any(key in store for store in self._stores)

    def __getitem__(self, key: str) -> Any:
        for store in self._stores:
            if key in store:
                return store[key]
        raise self._shards.bad(f"holds no array {key!r}.", self._place)

    def get(self, key: str, default: Any = None) -> Any:
        return next((store[key] for store in self._stores if key in store), default)

    def items(self) -> list[tuple[str, Any]]:
        return [(key, self[key]) for key in self.keys()]


def read_map(path: str, called: str | None = None) -> dict[str, list[str]]:
    """Place -> names of files. They must be plain names, of files beside the map. Raises ModelFileError."""
    with open(path, "rb") as file:
        content = file.read()
    try:
        found = parse_json(content)["weight_map"].items()
        files = {place: [names] if isinstance(names, str) else list(names) for place, names in found}
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise ModelFileError(called or path, "weight_map", f"not the map of sharded weights ({error}).") from None
    for name in (name for names in files.values() for name in names):
        if not isinstance(name, str) or not name.endswith(_SHARD) or os.path.basename(name) != name or "\\" in name:
            raise ModelFileError(called or path, "weight_map", f"names {name!r}, which is no {_SHARD} file beside it.")
    return files
