"""Files of training states."""

import hashlib
import json
import zipfile

from corpus import attack, attacks, bomb, patched


def _read(path):
    from lamina.training._resuming._file import read_state

    return read_state(str(path))


def _state(lab, edit=None, compression=zipfile.ZIP_STORED, sums=None, **members):
    """A good state whose text, members and checksums are changed; the sums are right unless given."""
    parts = lab.members("state")
    del parts["checksums.json"]
    if edit is not None:
        text = json.loads(parts["state.json"])
        found = edit(text)
        parts["state.json"] = json.dumps(text if found is None else found).encode()
    parts.update({name.replace("__", "/").replace("_json", ".json"): content for name, content in members.items()})
    right = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    parts["checksums.json"] = json.dumps(right if sums is None else sums).encode()
    return lab.pack(parts, compression, ""), _read


DTYPES = {
    "object": "|O",
    "void": "|V8",
    "time": "<M8[s]",
    "number": 3,
    "nothing": None,
    "struct": "f4,f4",
    "code": "__import__('os')",
    "pointer": "O8",
}


@attacks("CVE-2019-6446: arrays of objects are pickles", DTYPES)
def state_dtype(lab, dtype):
    return _state(lab, lambda s: s["arrays"][0].update(dtype=dtype))


SHAPES = {
    "large": [10**12],
    "negative": [-1, -1],
    "text": "abc",
    "none": None,
    "deep": [1] * 100,
    "float": [1.5],
    "beyond": [10**30],
}


@attacks("CVE-2026-0897: shapes", SHAPES)
def state_shape(lab, shape):
    return _state(lab, lambda s: s["arrays"][0].update(shape=shape))


VALUES = {
    "kind": {"pickle": "gASV"},
    "two": {"dict": [], "tuple": []},
    "none": {},
    "index": {"array": 10**30},
    "negative": {"array": "x"},
    "pairs": {"dict": [[1]]},
    "key": {"dict": [[[1], 2]]},
    "text": {"tuple": 3},
}


@attacks("CWE-843: values", VALUES)
def state_value(lab, value):
    return _state(lab, lambda s: s.update(values=value))


@attacks(
    "CWE-843: the text",
    {
        "list": [],
        "none": None,
        "number": 3,
        "format": {"format": 99},
        "empty": {},
        "formats": {"format": [1]},
        "arrays": {"format": 1, "arrays": 3, "values": None},
    },
)
def state_text(lab, text):
    return _state(lab, lambda s: _Nothing if text is None else text)


_Nothing = False


@attack("CWE-674: deep values")
def deep_state(lab):
    return _state(lab, state_json=b'{"format": 1, "arrays": [], "values": ' + b"[" * 50_000 + b"]" * 50_000 + b"}")


@attack("CWE-674: deep tuples")
def deep_tuples(lab):
    return _state(lab, state_json=b'{"format": 1, "arrays": [], "values": ' + b'{"tuple":[' * 900 + b"]}" * 900 + b"}")


@attack("CVE-2020-10735: a long number")
def long_number_in_state(lab):
    return _state(lab, state_json=b'{"format": 1, "arrays": [], "values": ' + b"9" * 10_000 + b"}")


@attack("CVE-2019-9674: a packed state")
def packed_state(lab):
    return _state(lab, compression=zipfile.ZIP_DEFLATED, state_json=bomb())


@attacks(
    "checksums that are none",
    {"list": [], "number": 3, "empty": {}, "wrong": {"state.json": "0", "arrays/0": 3}, "nested": {"state.json": {}}},
)
def sums(lab, value):
    return _state(lab, sums=value)


@attack("one bit of an array is another")
def flipped_bit(lab):
    content = bytearray(lab.good["state"])
    content[content.index(b"arrays/0") + 8] ^= 1
    return lab.write(bytes(content), ""), _read


@attack("an encrypted state")
def encrypted_state(lab):
    return lab.write(patched(lab.good["state"], "state.json", 8, 1, "<H"), ""), _read


@attack("a large declared size")
def large_declared_state(lab):
    content = patched(lab.good["state"], "state.json", 24, 2**32 - 2)
    return lab.write(patched(content, "state.json", 20, 2**32 - 2), ""), _read


@attack("a folder of damaged states is no fresh start")
def folder_of_damaged_states(lab):
    from lamina.training._resuming._folder import StateFolder

    path = lab.folder / "state-3"
    path.write_bytes(lab.good["state"][:100])
    return lab.folder, lambda p: StateFolder(str(p)).newest()


@attack("CWE-59: a state that never ends")
def endless_state(lab):
    from lamina.training._resuming._folder import StateFolder

    (lab.folder / "state-3").symlink_to("/dev/zero")
    return lab.folder, lambda p: StateFolder(str(p)).newest()
