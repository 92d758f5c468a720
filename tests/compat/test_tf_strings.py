"""`tf.strings`, by Python's own functions of text."""

import importlib

import numpy as np
import pytest


@pytest.fixture
def strings(installed):
    return importlib.import_module("tensorflow").strings


def test_one_by_one(strings):
    text = np.array([[" Ab", "cD "]])
    assert strings.lower(text).tolist() == [[" ab", "cd "]] and strings.upper(text).tolist() == [[" AB", "CD "]]
    assert strings.strip(text).tolist() == [["Ab", "cD"]]
    assert strings.regex_replace("a1b22", "[0-9]", "").tolist() == "ab"
    assert strings.regex_replace("aaa", "a", "<\\0>", replace_global=False).tolist() == "<\0>aa"
    assert strings.regex_replace("ab", "(a)(b)", r"\2\1").tolist() == "ba"
    assert strings.regex_full_match(["ab", "abc"], "a.").tolist() == [True, False]
    assert strings.lower("ABC").numpy() == b"abc" and strings.lower(b"ABC").tolist() == "abc"
    assert strings.lower(np.array([], dtype=str)).tolist() == []


def test_lengths_and_parts(strings):
    assert strings.length("aé").tolist() == 3 and strings.length("aé", unit="UTF8_CHAR").tolist() == 2
    assert strings.substr("hello", 1, 3).tolist() == "ell" and strings.substr("hello", -3, 2).tolist() == "ll"
    assert strings.substr("éa", 0, 1, unit="UTF8_CHAR").tolist() == "é"
    with pytest.raises(ValueError, match="unit must be one of 'BYTE', 'UTF8_CHAR'"):
        strings.length("a", unit="WORD")


def test_splitting_and_joining(strings):
    assert strings.split("a  b c").tolist() == ["a", "b", "c"]
    assert strings.split("a/b/c", sep="/")[-1].numpy() == b"c"
    assert strings.split(["a b", "c d"]).tolist() == [["a", "b"], ["c", "d"]]
    assert strings.unicode_split("aé", "UTF-8").tolist() == ["a", "é"] == strings.bytes_split("aé").tolist()
    assert strings.unicode_decode("aé", "UTF-8").tolist() == [97, 233]
    with pytest.raises(NotImplementedError, match="there are no ragged tensors here"):
        strings.split(["a b", "c"])
    assert strings.join([["a", "b"], "-", ["c", "d"]]).tolist() == ["a-c", "b-d"]
    assert strings.join(["a", "b"], separator=" ").tolist() == "a b"
    rows = [["a", "b"], ["c", "d"]]
    assert strings.reduce_join(rows).tolist() == "abcd" and strings.reduce_join(rows, axis=-1).tolist() == ["ab", "cd"]
    assert strings.reduce_join(rows, axis=0, separator=",", keepdims=True).tolist() == [["a,c", "b,d"]]


def test_numbers(strings):
    assert strings.to_number(["1.5", "2"]).tolist() == [1.5, 2.0]
    assert strings.to_number("7", out_type="int32").dtype == "int32"
    assert strings.as_string([1, 20]).tolist() == ["1", "20"] and strings.as_string(1.5).tolist() == "1.500000"
    assert strings.as_string(1.26, precision=1).tolist() == "1.3" and strings.as_string([True]).tolist() == ["true"]
    with pytest.raises(ValueError, match="x"):
        strings.to_number("x")


def test_bytes_that_are_no_text(strings):
    with pytest.raises(ValueError, match="not text in UTF-8"):
        strings.lower(b"\xff")
