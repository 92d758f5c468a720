"""Reading and writing HDF5 without surprises: no links, no outside storage, no arrays larger than the file can hold."""

import io
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from ._archive import check_is_file
from ._errors import MALFORMED, ModelFileError, told
from ._h5_heaps import check_heaps

# An array may be this many times as large as the file (constant arrays compress well), and always this many bytes.
_EXPANSION = 1000
_ALWAYS = 64 * 2**20
# Filters of HDF5 itself: deflate, shuffle, fletcher32. Any other may be a plugin, which is code.
_DEFLATE = 1
_FILTERS = (_DEFLATE, 2, 3)
_CHECKSUM = 4  # bytes that fletcher32 adds
# What h5py raises of a damaged file, from its own code and from what HDF5 calls back.
_DAMAGED = (*MALFORMED, OSError, RuntimeError)
_NUMBERS = "fiub"  # kinds of dtypes; h5py reads booleans as such


class Reader:
    """A read-only view of an HDF5 file.

    Args:
        source: path or bytes-like object of the file.
        name: what messages call the file. member: the part of it that is read.
    """

    def __init__(self, source: Any, name: str, member: str | None = None):
        import h5py  # loaded when a file is first opened

        self.name = name
        self.member = member
        self.h5 = h5py
        if not isinstance(source, bytes):
            check_is_file(source)
        try:
            check_heaps(source)
        except (ValueError, OSError) as error:
            raise self.bad(f"damaged ({error}).") from None
        try:
            self.file = h5py.File(io.BytesIO(source) if isinstance(source, bytes) else source, "r")
            self.size = len(source) if isinstance(source, bytes) else self.file.id.get_filesize()
        except _DAMAGED as error:
            raise self.bad(f"not an HDF5 file, or a damaged one ({error}).") from None

    def bad(self, reason: str, place: str | None = None) -> ModelFileError:
        where = "/".join(p for p in (self.member, place) if p)
        return ModelFileError(self.name, where or None, reason)

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, kind: Any = None, error: Any = None, traceback: Any = None) -> None:
        """What the library says of a damaged file, and a class of arrays that are not its own, tells where it was found."""
        self.file.close()
        if isinstance(error, _DAMAGED) and not isinstance(error, ModelFileError):
            raise self.bad(told(error)) from error

    def group(self, place: str) -> Any:
        """The group at that place, None if there is none."""
        found = self.follow(place)
        if found is not None and not isinstance(found, self.h5.Group):
            raise self.bad("expected a group, found an array.", place)
        return found

    def follow(self, place: str, start: Any = None) -> Any:
        """What lies at a place, reached by hard links only; None if there is nothing."""
        here = self.file if start is None else start
        for name in place.split("/"):
            if not name:
                continue
            if name in (".", "..") or "\0" in name:
                raise self.bad("a place that is no name in the file.", repr(place))
            if not isinstance(here, self.h5.Group):
                return None
            try:
                link = here.get(name, getlink=True)
            except _DAMAGED as error:
                raise self.bad(f"damaged ({error}).", place) from None
            if link is None:
                return None
            if not isinstance(link, self.h5.HardLink):
                raise self.bad("a link to another place or file, which a model file must not hold.", place)
            try:
                here = here[name]
                names = self.h5.h5o.get_info(here.id).rc
            except _DAMAGED as error:
                raise self.bad(f"damaged ({error}).", place) from None
            if names > 1:
                raise self.bad("there under several names, so that the file would hold more than it does.", place)
        return here

    def array(self, dataset: Any, place: str) -> "StoredArray":
        if not isinstance(dataset, self.h5.Dataset):
            raise self.bad("expected an array.", place)
        try:
            fault = self._fault(dataset)
        except _DAMAGED as error:
            raise self.bad(f"damaged ({error}).", place) from None
        if fault is not None:
            raise self.bad(fault, place)
        return StoredArray(self, dataset, place)

    def _fault(self, dataset: Any) -> str | None:
        """What makes an array none of a model's."""
        if dataset.external or dataset.is_virtual:
            return "the array lies in another file, which a model file must not ask for."
        if dataset.shape is None:
            return "the array is empty."
        plist, dtype = dataset.id.get_create_plist(), dataset.dtype
        filters = [plist.get_filter(i)[0] for i in range(plist.get_nfilters())]
        if any(number not in _FILTERS for number in filters):
            return f"packed by filters of HDF5 of the numbers {filters}, of which only {_FILTERS} are known."
        if dtype.kind == "V" and dtype.fields is None and dtype.subdtype is None and dtype.itemsize <= 2:
            return None  # bfloat16 and float8, for which HDF5 has no name
        if dtype.kind not in _NUMBERS or self.h5.check_enum_dtype(dtype):
            return f"an array of {dtype}, where a model holds numbers."
        return None

    def attribute(self, thing: Any, name: str, place: str = "") -> Any:
        """An attribute, None if there is none."""
        try:
            return thing.attrs.get(name)
        except _DAMAGED as error:
            raise self.bad(f"the attribute {name!r} is damaged ({error}).", place) from None


class StoredArray:
    """An array in a file: its shape and dtype are known, its values are read on conversion."""

    def __init__(self, reader: Reader, dataset: Any, place: str):
        self._reader, self._dataset, self._place = reader, dataset, place
        self.shape = tuple(dataset.shape)
        kind = reader.attribute(dataset, "dtype", place)
        self._brain = kind in ("bfloat16", b"bfloat16") or (dataset.dtype.kind == "V" and dataset.dtype.itemsize == 2)
        self.dtype = dataset.dtype

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        reader = self._reader
        if self._dataset.nbytes > max(_ALWAYS, _EXPANSION * reader.size):
            raise reader.bad(f"claims {self._dataset.nbytes} bytes, more than this file can hold.", self._place)
        try:
            self._check_chunks()
            value = self._dataset[()]
        except (*_DAMAGED, zlib.error) as error:
            raise reader.bad(f"cannot be read, the file is damaged ({error}).", self._place) from None
        value = np.asarray(value)
        if self._brain:
            import ml_dtypes

            value = value.astype(ml_dtypes.bfloat16) if value.dtype.kind != "V" else value.view(ml_dtypes.bfloat16)
        return value if dtype is None else value.astype(dtype)

    def _check_chunks(self) -> None:
        """Raises ValueError for packed chunks of another size than they should have, which HDF5 does not look at."""
        dataset = self._dataset.id
        plist = dataset.get_create_plist()
        if _DEFLATE not in [plist.get_filter(i)[0] for i in range(plist.get_nfilters())]:
            return
        size = int(np.prod(self._dataset.chunks)) * self.dtype.itemsize
        for i in range(dataset.get_num_chunks()):
            unpacking = zlib.decompressobj()
            found = len(
                unpacking.decompress(dataset.read_direct_chunk(dataset.get_chunk_info(i).chunk_offset)[1], 2 * size)
            )
            if found not in (size, size + _CHECKSUM):
                raise ValueError(f"a chunk holds {found} bytes, where {size} are needed")


class Store:
    """What `load_own_variables` reads from: the arrays of one place in the file, by key."""

    def __init__(self, reader: Reader, place: str):
        self._reader = reader
        self._place = f"{place}/vars" if place else "vars"
        self._group = reader.group(self._place)

    def keys(self) -> list[str]:
        return [] if self._group is None else list(self._group.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __contains__(self, key: object) -> bool:
        return self._group is not None and key in self._group

    def __getitem__(self, key: str) -> StoredArray:
        found = self._reader.follow(key, self._group) if self._group is not None else None
        if found is None:
            raise self._reader.bad(f"holds no array {key!r}.", self._place)
        return self._reader.array(found, f"{self._place}/{key}")

    def get(self, key: str, default: Any = None) -> Any:
        if key not in self:
            return default
        return self[key]

    def items(self) -> list[tuple[str, StoredArray]]:
        return [(key, self[key]) for key in self.keys()]


def put(group: Any, key: str, value: Any) -> None:
    """Writes an array, marking the dtypes that HDF5 has no name for."""
    value = np.asarray(value)
    if value.dtype.name == "bfloat16":
        group.create_dataset(key, data=value.view("V2")).attrs["dtype"] = "bfloat16"
    else:
        group.create_dataset(key, data=value)


class OutStore:
    """What `save_own_variables` writes to."""

    def __init__(self, group: Any):
        self._group = group

    def __setitem__(self, key: str, value: Any) -> None:
        if hasattr(value, "numpy"):
            value = value.numpy()
        put(self._group, key, value)

    def keys(self) -> list[str]:
        return list(self._group.keys())

    def __len__(self) -> int:
        return len(self._group)
