"""Weights in `.npz` and `.safetensors` files, and the map of sharded ones."""

import importlib.util
import io
import json
import struct
import zipfile

import numpy as np
from corpus import attack, attacks, bomb, into_net

PLACE = "layers/dense/vars"


def _npy(header, content=b""):
    text = (header if isinstance(header, str) else repr(header)).encode() + b"\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text) % 2**16) + text + content


def _npz(lab, kernel, compression=zipfile.ZIP_STORED):
    bias = io.BytesIO()
    np.save(bias, np.zeros(2, "float32"))
    parts = {f"{PLACE}/0.npy": kernel, f"{PLACE}/1.npy": bias.getvalue()}
    return into_net(lab.pack(parts, compression, ".npz"))


@attack("CVE-2019-6446: an array of objects is a pickle")
def pickled_array(lab):
    buffer = io.BytesIO()
    np.save(buffer, np.array([print], dtype=object), allow_pickle=True)
    return _npz(lab, buffer.getvalue())


HEADERS = {
    "petabyte": {"descr": "<f4", "fortran_order": False, "shape": (10**8, 10**7)},
    "negative": {"descr": "<f4", "fortran_order": False, "shape": (-1, 2)},
    "structure": {"descr": [("a", "<f4")], "fortran_order": False, "shape": (3, 2)},
    "text": {"descr": "<U1000", "fortran_order": False, "shape": (3, 2)},
    "time": {"descr": "<M8[s]", "fortran_order": False, "shape": (3, 2)},
    "void": {"descr": "|V1000000000", "fortran_order": False, "shape": (1,)},
    "empty": {},
    "code": "__import__('os').system('touch /tmp/pwned')",
    "deep": "(" * 9000 + ")" * 9000,
    "other_shape": {"descr": "<f4", "fortran_order": False, "shape": (2, 3)},
}


@attacks("CVE-2026-0897, CVE-2019-6446: headers of arrays", HEADERS)
def npy_header(lab, header):
    return _npz(lab, _npy(header, bytes(24)))


@attacks(
    "arrays that are none", {"nothing": b"", "text": b"text", "magic": b"\x93NUMPY", "version": b"\x93NUMPY\x63\0\0\0"}
)
def no_array(lab, content):
    return _npz(lab, content)


@attack("CVE-2019-9674: an array that is a bomb")
def bomb_as_array(lab):
    header = {"descr": "|u1", "fortran_order": False, "shape": (len(bomb()),)}
    return _npz(lab, _npy(header, bomb()), zipfile.ZIP_DEFLATED)


@attack("CVE-2007-4559: a member that leads out of the folder")
def array_that_climbs(lab):
    return into_net(lab.pack({"../evil.npy": b""}, ending=".npz"))


def _map(lab, weight_map):
    return into_net(lab.write(json.dumps({"metadata": {}, "weight_map": weight_map}).encode(), ".weights.json"))


NAMES = {
    "absolute": "/etc/passwd.weights.h5",
    "up": "../secret/secret.weights.h5",
    "missing": "no.weights.h5",
    "number": 3,
    "list": [3],
    "null_byte": "a\0.weights.h5",
    "url": "http://127.0.0.1:9/a.weights.h5",
    "dict": {"a": 1},
    "empty": "",
}


@attacks("CVE-2024-27318, CVE-2022-25882: a map that names files elsewhere", NAMES)
def shard(lab, name):
    return _map(lab, {f"/{PLACE}": name})


@attacks("CWE-843: maps", {"list": [], "number": 3, "none": None, "nothing": {}})
def shard_map(lab, weight_map):
    return _map(lab, weight_map)


def _safetensors(lab, header, content=bytes(32)):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return into_net(lab.write(struct.pack("<Q", len(text)) + text + content, ".safetensors"))


TENSORS = {
    "large": {"dtype": "F32", "shape": [10**9, 10**9], "data_offsets": [0, 24]},
    "outside": {"dtype": "F32", "shape": [3, 2], "data_offsets": [0, 10**12]},
    "turned": {"dtype": "F32", "shape": [3, 2], "data_offsets": [24, 0]},
    "type": {"dtype": "PICKLE", "shape": [3, 2], "data_offsets": [0, 24]},
    "negative": {"dtype": "F32", "shape": [-3, 2], "data_offsets": [0, 24]},
    "nothing": {},
}
if importlib.util.find_spec("safetensors"):

    @attacks("safetensors: the format's own rules", TENSORS)
    def tensor(lab, description):
        return _safetensors(lab, {f"{PLACE}/0": description})

    @attack("CWE-770: a header that claims an exabyte")
    def long_header(lab):
        return into_net(lab.write(struct.pack("<Q", 2**60) + b"{}", ".safetensors"))

    @attack("CWE-674: a deep header")
    def deep_header(lab):
        return _safetensors(lab, b"[" * 100_000)
