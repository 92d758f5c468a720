"""Weights as one flat table of arrays, each under its place in the `.weights.h5` layout: `.npz` and `.safetensors`."""

import io
import math
from collections.abc import Callable, Iterable, Iterator
from tokenize import TokenError
from typing import Any

import numpy as np

from lamina._extras import require

from ._archive import Archive, check_is_file
from ._errors import MALFORMED, ModelFileError, told
from ._walk import walk

Table = dict[str, np.ndarray]
_NUMBERS = "fiub"
_DTYPES = {
    "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "U32": "<u4", "I32": "<i4", "U64": "<u8", "I64": "<i8",
    "F16": "<f2", "F32": "<f4", "F64": "<f8",
}  # fmt: skip


def table_of(model: Any) -> Table:
    """The state of a model without its optimizer, by place ("layers/dense/vars/0")."""
    return collect((place, part) for place, part in walk(model) if not is_optimizer(part))


def collect(parts: Iterable[tuple[str, Any]]) -> Table:
    """The arrays of parts, with their places."""
    found: Table = {}
    for place, part in parts:
        part.save_own_variables(_Out(found, f"{place}/vars" if place else "vars"))
    return found


def is_optimizer(part: Any) -> bool:
    return hasattr(part, "apply") and hasattr(part, "learning_rate")


class _Out:
    """What `save_own_variables` writes to."""

    def __init__(self, table: Table, place: str):
        self._table, self._place = table, place

    def __setitem__(self, key: str, value: Any) -> None:
        self._table[f"{self._place}/{key}"] = np.asarray(value.numpy() if hasattr(value, "numpy") else value)

    def keys(self) -> list[str]:
        start = f"{self._place}/"
        return [name.removeprefix(start) for name in self._table if name.startswith(start)]

    def __len__(self) -> int:
        return len(self.keys())


class TableStore(_Out):
    """What `load_own_variables` reads from: the arrays of one place."""

    def __init__(self, table: Table, place: str, path: str):
        super().__init__(table, f"{place}/vars" if place else "vars")
        self._path = path

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __contains__(self, key: object) -> bool:
        return f"{self._place}/{key}" in self._table

    def __getitem__(self, key: str) -> np.ndarray:
        if key not in self:
            raise ModelFileError(self._path, self._place, f"holds no array {key!r}.")
        return self._table[f"{self._place}/{key}"]

    def get(self, key: str, default: Any = None) -> Any:
        return self._table.get(f"{self._place}/{key}", default)

    def items(self) -> list[tuple[str, np.ndarray]]:
        return [(key, self[key]) for key in self.keys()]


# --- the formats ------------------------------------------------------------------------------------------------------


def npz_bytes(table: Table) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **table)  # type: ignore[arg-type]
    return buffer.getvalue()


def read_npz(path: str) -> Table:
    with Archive(path, "an .npz file") as archive:
        names = [name for name in archive.members if name.endswith(".npy")]
        return {name.removesuffix(".npy"): _array(archive.read(name), path, name) for name in names}


def _array(content: bytes, path: str, name: str) -> np.ndarray:
    """The array of an `.npy` text, whose header is compared with what follows before anything is made."""
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, by_columns, dtype = read(stream)
    except (*MALFORMED, SyntaxError, TokenError) as error:
        raise ModelFileError(path, name, f"not an array as NumPy writes them ({told(error)})") from None
    is_brain = dtype.kind == "V" and dtype.itemsize == 2 and dtype.fields is None  # bfloat16, as NumPy writes it
    if not is_brain and (dtype.kind not in _NUMBERS or dtype.fields is not None):
        raise ModelFileError(path, name, f"an array of {dtype}, where a model holds numbers.")
    if math.prod(shape) * dtype.itemsize != len(content) - stream.tell():
        raise ModelFileError(path, name, f"claims the shape {shape} of {dtype}, and holds {len(content)} bytes.")
    array = np.frombuffer(content, dtype, offset=stream.tell()).reshape(shape, order="F" if by_columns else "C")
    return array.view(_brain()) if is_brain else array


def _brain() -> np.dtype:
    import ml_dtypes  # loaded when such weights are met

    return np.dtype(ml_dtypes.bfloat16)


def safetensors_bytes(table: Table) -> bytes:
    require("safetensors", "hub", "save_weights: a .safetensors file")
    from safetensors.numpy import save

    return save(
        {name: np.ascontiguousarray(array).reshape(array.shape) for name, array in table.items()}, {"format": "lamina"}
    )


def read_safetensors(path: str) -> Table:
    require("safetensors", "hub", "load_weights: a .safetensors file")
    from safetensors import SafetensorError, deserialize

    check_is_file(path)
    with open(path, "rb") as file:
        content = file.read()
    try:
        parts = deserialize(content)
    except (SafetensorError, *MALFORMED) as error:
        raise ModelFileError(path, None, f"not a .safetensors file, or a damaged one ({told(error)})") from None
    return {name: _tensor(part, path, name) for name, part in parts}


def _tensor(part: dict[str, Any], path: str, name: str) -> np.ndarray:
    dtype = _brain() if part["dtype"] == "BF16" else _DTYPES.get(part["dtype"])
    if dtype is None:
        raise ModelFileError(
            path, name, f"of the dtype {part['dtype']}, which is none of {', '.join((*_DTYPES, 'BF16'))}."
        )
    return np.frombuffer(part["data"], dtype).reshape(part["shape"])


WRITERS: dict[str, Callable[[Table], bytes]] = {".npz": npz_bytes, ".safetensors": safetensors_bytes}
READERS: dict[str, Callable[[str], Table]] = {".npz": read_npz, ".safetensors": read_safetensors}
FLAT = tuple(WRITERS)


def ending_of(path: str) -> str:
    """Which of the flat formats it is."""
    return next(ending for ending in FLAT if path.endswith(ending))
