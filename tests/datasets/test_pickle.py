"""The reader of pickles: what holds data is read, anything else is refused, and nothing is run."""

import os
import pickle
import pickletools

import numpy as np
import pytest

from lamina.datasets._pickle import read_pickle

RNG = np.random.default_rng(0)
PLAIN = [
    {"a": 1, "b": [1.5, -2, None, True, False], "c": ("x", b"y\0", {}, [], ())},
    [0, 255, 256, 65535, 65536, -1, 2**31 - 1, -(2**31), 2**40, -(2**70)],
    ["é", "", "line\nline", "\udc80"],
    [[1, 2, 3], [400, 70000], [7]] * 3,
    {"word": 1, "other": 2},
    list(range(3000)),
    (1, 2, 3, 4),
    7,
]


@pytest.mark.parametrize("protocol", range(5))
@pytest.mark.parametrize("data", PLAIN, ids=range(len(PLAIN)))
def test_plain_data_of_every_protocol(data, protocol):
    assert read_pickle(pickle.dumps(data, protocol), "f") == data


@pytest.mark.parametrize("protocol", range(5))
def test_shared_parts(protocol):
    part = [1, 2]
    found = read_pickle(pickle.dumps([part, part, {"a": part}], protocol), "f")
    assert found == [[1, 2], [1, 2], {"a": [1, 2]}]


@pytest.mark.parametrize("protocol", range(5))
@pytest.mark.parametrize("dtype", ["uint8", "int64", ">i4", "float32", "bool", "<f8"])
def test_arrays(dtype, protocol):
    for array in (
        RNG.integers(0, 2, (3, 4)).astype(dtype), np.asfortranarray(RNG.integers(0, 9, (3, 4)).astype(dtype)),
        np.zeros((0, 2), dtype), np.array(1, dtype),
    ):  # fmt: skip
        found = read_pickle(pickle.dumps({"x": array, "n": [array, 1]}, protocol), "f")
        for value in (found["x"], found["n"][0]):
            np.testing.assert_array_equal(value, array)
            assert value.dtype == array.dtype and value.shape == array.shape


@pytest.mark.parametrize("protocol", range(5))
def test_arrays_of_lists(protocol):
    array = np.empty(3, dtype=object)
    array[:] = [[1, 2], [], [300] * 5]
    found = read_pickle(pickle.dumps(array, protocol), "f")
    assert found.dtype == object and found.tolist() == array.tolist()


def test_as_python_2_wrote_it():
    batch = (
        b"\x80\x02}q\x01(U\x04dataq\x02cnumpy.core.multiarray\n_reconstruct\nq\x03cnumpy\nndarray\nq\x04K\x00\x85U\x01b"
        b"\x87Rq\x05(K\x01K\x02K\x03\x86cnumpy\ndtype\nq\x06U\x02u1K\x00K\x01\x87Rq\x07(K\x03U\x01|NNNJ\xff\xff\xff\xff"
        b"J\xff\xff\xff\xffK\x00tb\x89U\x06abcdeftbU\x06labelsq\x08]q\x09(K\x03K\x07eu."
    )
    found = read_pickle(batch, "f")
    assert found[b"data"].tolist() == [[97, 98, 99], [100, 101, 102]] and found[b"labels"] == [3, 7]
    words = b"(dp0\nS'the'\np1\nI1\nsS'it\\'s'\np2\nL20L\nsVr\\u00e9\np3\nI01\ns."
    assert read_pickle(words, "f") == {b"the": 1, b"it's": 20, "ré": True}


class Evil:
    def __init__(self, how):
        self.how = how

    def __reduce__(self):
        return self.how


@pytest.mark.parametrize("protocol", range(5))
@pytest.mark.parametrize("how", [(os.system, ("touch ran",)), (eval, ("1",)), (dict, ()), (np.dtype, ([("a", "i4")],))])
def test_what_would_run_something(how, protocol, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for data in (Evil(how), [1, {"a": Evil(how)}]):
        with pytest.raises(
            ValueError, match=r"f is no pickle of lists, dicts, text, numbers and arrays.*Nothing in it was run"
        ):
            read_pickle(pickle.dumps(data, protocol), "f")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "content",
    [
        b"", b".", b"K\x01", b"K\x01K\x02.", b"(.", b"cos\nsystem\n.", b"cnumpy\ndtype\n.", b"\x80\x09K\x01.", b"}K\x01b.",
        b"cnumpy\nndarray\n)R.", b"cos\nsystem\n(S'x'\ntR.", b"(S'x'\nios\nsystem\n.", b"(cos\nsystem\nS'x'\no.",
        b"]K\x01K\x02s.", b"K\x01a.", b"\x8cXshort.", b"h\x07.", b"Pid\n.", b"\x82\x01.", b"c__builtin__\neval\n.",
        b"B\xff\xff\xff\x7f.", b"(" * 1000 + b".", b"c__builtin__\nbytes\n(K\x05tR.",
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R.",
    ],
)  # fmt: skip
def test_damaged_and_odd_ones(content):
    with pytest.raises(ValueError, match="f is no pickle of lists"):
        read_pickle(content, "f")


def test_cut_off_or_changed_anywhere():
    """Whatever the bytes, there is data of the right kinds or a ValueError, and nothing else."""
    whole = pickle.dumps({"x": np.arange(6, dtype="int32"), "l": [[1, 300], "text", 1.5]}, 2)
    for end in range(len(whole)):
        with pytest.raises(ValueError):
            read_pickle(whole[:end], "f")
    for _ in range(3000):
        changed = bytearray(whole)
        for place in RNG.integers(0, len(whole), RNG.integers(1, 4)):
            changed[place] = RNG.integers(0, 256)
        try:
            read_pickle(bytes(changed), "f")
        except ValueError as error:
            assert "is no pickle of" in str(error)


def test_deep_nesting_is_refused():
    with pytest.raises(ValueError, match="nested too deeply"):
        read_pickle(b"]" * 200 + b"a" * 199 + b".", "f")


def test_every_instruction_is_one_that_builds_data():
    from lamina.datasets._pickle import _STEPS

    names = {op.code: op.name for op in pickletools.opcodes}
    known = {names[chr(code)] for code in _STEPS}
    assert not known & {
        "INST",
        "OBJ",
        "NEWOBJ",
        "NEWOBJ_EX",
        "PERSID",
        "BINPERSID",
        "EXT1",
        "EXT2",
        "EXT4",
        "NEXT_BUFFER",
    }
