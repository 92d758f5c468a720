"""Objects in lines, lists and columns."""

import json

import pytest

from lamina.tables._errors import TableError
from lamina.tables._json import read_json
from lamina.tables._read import from_columns


def test_lines_end_where_json_ends_them():
    line = json.dumps({"a": "x\u2028y\u0085z", "b": 1}, ensure_ascii=False)
    assert read_json(f"{line}\n\n{line}\r\n", "t.jsonl", False) == (["a", "b"], [["x\u2028y\u0085z"] * 2, [1, 1]], [])


def test_columns():
    names, columns, notes = read_json('{"a": [1, 2], "b": ["x", "y"]}', "t.json", True)
    assert (names, columns) == (["a", "b"], [[1, 2], ["x", "y"]]) and "one object of columns" in notes[0]
    assert read_json('{"a": {"0": 1, "1": 2}, "b": {"0": 3, "1": 4}}', "t.json", True)[1] == [[1, 2], [3, 4]]
    assert read_json('{"a": 1}\n{"a": 2}', "t.json", True)[1] == [[1, 2]]


def test_what_is_in_doubt_is_told():
    names, columns, _ = read_json('{"a": {"b": 1}}\n{"a": 2}', "t.jsonl", False)
    assert "holds 1 objects or lists ({'b': 1})" in from_columns("t", names, columns, set()).notes[0]
    for text, whole, where in (('{"a": 1}\n{"a": 1, "a": 2}', False, "line 2: "), ('[{"a": 1, "a": 2}]', True, "")):
        with pytest.raises(TableError, match=f"t.json: {where}the key 'a' stands twice"):
            read_json(text, "t.json", whole)


def test_whole_numbers_that_float64_does_not_hold_are_texts():
    big = 2**53
    table = from_columns("t", ["a", "b"], [[big + 1, big + 2], [big, 1]], set())
    assert table.columns["a"].tolist() == [str(big + 1), str(big + 2)] and table.columns["b"].tolist() == [big, 1]
