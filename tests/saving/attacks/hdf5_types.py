"""HDF5 data of other types, shapes and filters than weights have."""

import struct

import numpy as np
from corpus import WEIGHTS, attack, attacks, h5

PLACE = "layers/dense/vars"


def _kernel(lab, make):
    def fill(file):
        make(file.require_group(PLACE))
        file[f"{PLACE}/1"] = np.zeros(2, "float32")

    return lab.weights(fill)


def _dataset(dtype, **options):
    return lambda group: group.create_dataset("0", (3, 2), dtype, **options)


def _types():
    import h5py

    return {
        "compound": np.dtype([("a", "f4"), ("b", "f4")]),
        "object_reference": h5py.ref_dtype,
        "region_reference": h5py.regionref_dtype,
        "text": h5py.string_dtype(),
        "fixed_text": np.dtype("S1000"),
        "ragged": h5py.vlen_dtype(np.float32),
        "enum": h5py.enum_dtype({"a": 1}),
        "opaque": np.dtype("V8"),
        "array": np.dtype(("f4", (4,))),
        "complex": np.dtype("c8"),
        "time": h5py.opaque_dtype(np.dtype("M8[s]")),
    }


NAMES = (
    "compound",
    "object_reference",
    "region_reference",
    "text",
    "fixed_text",
    "ragged",
    "enum",
    "opaque",
    "array",
    "complex",
    "time",
)


@attacks("h5py: types that are no numbers", {n: n for n in NAMES})
def type_of_kernel(lab, name):
    return _kernel(lab, _dataset(_types()[name]))


@attack("CVE-2026-0897: a shape that claims a petabyte")
def claims_a_petabyte(lab):
    return _kernel(lab, lambda g: g.create_dataset("0", (10**8, 10**7), "float32", chunks=(1000, 1000)))


@attack("CVE-2026-0897: a kernel of the right shape, one slot of the optimizer that is not")
def claims_in_optimizer(lab):
    parts = lab.members("compiled")

    def fill(file):
        file[f"{PLACE}/0"], file[f"{PLACE}/1"] = np.ones((3, 2), "float32"), np.zeros(2, "float32")
        file.create_dataset("optimizer/vars/0", (10**9,), "float64", chunks=(10**6,))

    return lab.pack({**parts, WEIGHTS: h5(fill)})


@attacks(
    "CWE-20: shapes",
    {"scalar": (), "flat": (6,), "deep": (1,) * 32, "none": (0, 2), "larger": (300, 200), "turned": (2, 3)},
)
def shape_of_kernel(lab, shape):
    return _kernel(lab, lambda g: g.create_dataset("0", shape, "float32"))


@attack("HDF5: an empty dataspace")
def null_space(lab):
    import h5py

    return _kernel(lab, lambda g: g.create_dataset("0", data=h5py.Empty("f4")))


def _with_filter(group, number, options=()):
    """A chunk that claims to have gone through a filter."""
    import h5py

    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk((3, 2))
    plist.set_filter(number, h5py.h5z.FLAG_OPTIONAL, tuple(options))
    space = h5py.h5s.create_simple((3, 2))
    data = h5py.h5d.create(group.id, b"0", h5py.h5t.IEEE_F32LE, space, plist)
    data.write_direct_chunk((0, 0), bytes(24))


@attacks(
    "HDF5: filters that load plugins or are not there",
    {"unknown": 300, "private": 60000, "lz4": 32004, "zstd": 32015, "blosc": 32001},
)
def filter_of_kernel(lab, number):
    return _kernel(lab, lambda g: _with_filter(g, number))


@attack("CWE-409: a chunk that grows a thousandfold")
def chunk_bomb(lab):
    return _kernel(
        lab,
        lambda g: g.create_dataset(
            "0", (20_000, 10_000), "float32", chunks=(20_000, 1000), compression="gzip", fillvalue=0
        ),
    )


@attack("CWE-409: a chunk with bytes that are no gzip")
def broken_gzip(lab):
    def make(group):
        data = group.create_dataset("0", (3, 2), "float32", chunks=(3, 2), compression="gzip")
        data.id.write_direct_chunk((0, 0), b"no gzip")

    return _kernel(lab, make)


@attack("CWE-130: a chunk of fewer bytes than the shape needs")
def short_chunk(lab):
    def make(group):
        data = group.create_dataset("0", (3, 2), "float32", chunks=(3, 2), compression="gzip")
        import zlib

        data.id.write_direct_chunk((0, 0), zlib.compress(b"1234"))

    return _kernel(lab, make)


@attack("a group in the place of an array")
def group_as_array(lab):
    return _kernel(lab, lambda g: g.create_group("0"))


@attack("an array in the place of a group")
def array_as_group(lab):
    def fill(file):
        file["layers/dense"] = np.ones(3)

    return lab.weights(fill)


@attack("a named type in the place of an array")
def type_as_array(lab):
    def make(group):
        group["0"] = np.dtype("f4")

    return _kernel(lab, make)


@attacks(
    "CVE-2021-46243, CVE-2018-17434 and their like: damaged headers",
    {str(n): n for n in (9, 13, 24, 32, 40, 64, 72, 96, 100)},
)
def damaged_superblock(lab, place):
    content = bytearray(lab.members()[WEIGHTS])
    struct.pack_into("<Q", content, place, 2**63 + place)
    return lab.pack({**lab.members(), WEIGHTS: bytes(content)})


@attacks(
    "weights that are none",
    {"empty": b"", "text": b"text", "signature": b"\x89HDF\r\n\x1a\n", "zip": b"PK\5\6" + bytes(18)},
)
def no_weights(lab, content):
    return lab.pack({**lab.members(), WEIGHTS: content})


@attack("an attribute that says bfloat16 of numbers that are none")
def lying_attribute(lab):
    def make(group):
        group.create_dataset("0", (3, 2), "S8").attrs["dtype"] = "bfloat16"

    return _kernel(lab, make)


@attack("an attribute of another type")
def attribute_of_another_type(lab):
    import h5py

    def make(group):
        group.create_dataset("0", (3, 3), "float32").attrs.create("dtype", h5py.Reference(), dtype=h5py.ref_dtype)

    return _kernel(lab, make)


@attack("CWE-400: a hundred thousand arrays that no layer wants")
def many_arrays(lab):
    def fill(file):
        group = file.require_group(PLACE)
        for i in range(5_000):
            group.create_group(str(i))

    return lab.weights(fill)
