"""The heaps of HDF5 files, in which texts lie, must add up before the library reads them."""

import struct

import h5py
import pytest

from lamina.saving import ModelFileError
from lamina.saving._h5 import Reader
from lamina.saving._h5_heaps import check_heaps


@pytest.fixture
def content(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs["text"] = "some words"
        file.attrs["more"] = "x" * 5000
    return bytearray((tmp_path / "a.h5").read_bytes())


def test_good_heaps(content, tmp_path):
    check_heaps(bytes(content))
    check_heaps(tmp_path / "a.h5")
    check_heaps(b"")
    (tmp_path / "empty").write_bytes(b"")
    check_heaps(tmp_path / "empty")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("collection", 8),
        ("collection", 2**40),
        ("first object", 2**40),
        ("free space", 0),
        ("free space", 8),
    ],
)
def test_sizes_that_do_not_add_up(content, tmp_path, field, value):
    start = content.index(b"GCOL")
    place = start + 16
    if field == "free space":
        while struct.unpack_from("<H", content, place)[0]:
            place += 16 + -(-struct.unpack_from("<Q", content, place + 8)[0] // 8) * 8
    struct.pack_into("<Q", content, start + 8 if field == "collection" else place + 8, value)
    (tmp_path / "b.h5").write_bytes(content)
    for source in (bytes(content), str(tmp_path / "b.h5")):
        with pytest.raises(ModelFileError, match="damaged"):
            Reader(source, "b.h5")


def test_an_object_twice(content):
    place = content.index(b"GCOL") + 16
    second = place + 16 + -(-struct.unpack_from("<Q", content, place + 8)[0] // 8) * 8
    struct.pack_into("<H", content, second, 1)
    with pytest.raises(ValueError, match="there twice|does not reach"):
        check_heaps(bytes(content))
