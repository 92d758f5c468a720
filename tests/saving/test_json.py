"""JSON texts of files: bounded before they are read, and with every key once."""

import json

import pytest

from lamina.saving._json import parse_json


@pytest.mark.parametrize("value", [{"a": [1, 2.5, None, True, "x"]}, [], 3, "text", {"a": {"a": {}}}])
def test_values(value):
    assert parse_json(json.dumps(value)) == value
    assert parse_json(json.dumps(value).encode()) == value


def test_numbers_that_networks_have():
    assert parse_json("[Infinity, -Infinity]") == [float("inf"), float("-inf")]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        (b"\xff", "not valid JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("9" * 10_000, "not valid JSON"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', "the key 'c' is there twice"),
        (b"[" + b"[]," * 2_500_000 + b"1]", "would take up to"),
        (b"[" + b"{}," * 1_000_000 + b"1]", "would take up to"),
    ],
    ids=range(8),
)
def test_texts_that_are_refused(text, match):
    with pytest.raises(ValueError, match=match):
        parse_json(text)


def test_a_vocabulary_of_a_million_words_is_no_matter():
    words = [f"word{i}" for i in range(1_000_000)]
    assert parse_json(json.dumps(words)) == words
