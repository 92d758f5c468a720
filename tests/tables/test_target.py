import numpy as np
import pytest

from lamina.tables._errors import TableError
from lamina.tables._read import from_fields
from lamina.tables._sheet import read_sheet
from lamina.tables._table import Table
from lamina.tables._target import describe_target


def describe(values, task="auto"):
    values = np.asarray(values)
    return describe_target(Table("t.csv", {"y": values, "x": np.arange(float(len(values)))}), "y", task)


@pytest.mark.parametrize(
    ("values", "kind", "units", "activation", "loss"),
    [
        (np.linspace(0, 1, 30), "number", 1, "linear", "mse"),
        (["a", "b"] * 15, "two classes", 1, "sigmoid", "binary_crossentropy"),
        ([0.0, 1.0] * 15, "two classes", 1, "sigmoid", "binary_crossentropy"),
        (["a", "b", "c"] * 10, "classes", 3, "softmax", "categorical_crossentropy"),
        ([0.0, 1.0, 2.0] * 30, "classes", 3, "softmax", "categorical_crossentropy"),
        ([0.0, 1.0, 2.0] * 10, "number", 1, "linear", "mse"),
    ],
)
def test_the_end_of_the_network_follows_from_the_kind(values, kind, units, activation, loss):
    target, _, _ = describe(values)
    assert (target.kind, target.units, target.activation, target.loss) == (kind, units, activation, loss)
    assert len(target.reasons()) == 3


def test_the_task_can_be_told():
    assert describe([0.0, 1.0, 2.0] * 10, "classification")[0].classes == ["0", "1", "2"]
    assert describe([0.0, 1.0] * 10, "regression")[0].kind == "number"
    with pytest.raises(TableError, match="needs numbers; the target 'y' holds 'a'"):
        describe(["a", "b"] * 10, "regression")


def test_whole_numbers_as_classes_are_in_the_order_of_size():
    assert describe(np.array([10.0, 9, 100] * 30))[0].classes == ["9", "10", "100"]


def test_rows_without_target_are_dropped_and_told():
    target, table, notes = describe(["a", "", "b", ""])
    assert len(table) == 2 and target.classes == ["a", "b"]
    assert notes[0] == "2 of 4 rows have no 'y' and are left out."


def test_encoding():
    target, _, _ = describe(["b", "a", "b"])
    assert target.encode(np.array(["b", "a"])).tolist() == [[1.0], [0.0]]
    target, _, _ = describe(["b", "a", "c"])
    assert target.encode(np.array(["c", "a"])).tolist() == [[0, 0, 1], [1, 0, 0]]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["a"] * 5, "'y' is 'a' in all rows"),
        (["", ""], "missing in all 2 rows"),
        (1 + 1e-12 * np.arange(30), "varies too little"),
        (1e25 * np.arange(30), "too large"),
        ([1.0, np.inf], "not finite, the first in row 2"),
        ([f"n{i}" for i in range(40)], "40 different values in 40 rows, too many"),
    ],
)
def test_what_cannot_be_a_target(values, message):
    with pytest.raises(TableError, match=message):
        describe(values)


def test_words_that_were_taken_for_missing_are_named():
    rows = {"severity": ["none", "mild", "severe", "mild"] * 10, "x": [str(i) for i in range(40)]}
    table = from_fields("t.csv", rows, set(), False)
    _, _, notes = describe_target(table, "severity", "auto")
    assert (
        "10 of 40 rows have no 'severity' and are left out. Taken as missing there: 'none' in 10; if that is a class"
        in notes[0]
    )
    with pytest.raises(TableError, match="missing in all 3 rows. Taken as missing there: '-' in 3"):
        describe_target(from_fields("t.csv", {"y": ["-", "-", "-"]}, set(), False), "y", "auto")
    with pytest.raises(
        TableError, match="'[+]' in all rows; there is nothing to tell apart. Taken as missing there: '-' in 1"
    ):
        describe_target(from_fields("t.csv", {"y": ["+", "-", "+"]}, set(), False), "y", "auto")


def test_a_name_that_the_layout_may_have_hidden():
    values = read_table_of("9,10\n1,2\n3,4\n5,6\n7,8\n")
    with pytest.raises(TableError, match="no column '10' to predict.*Line 1 holds values, not names"):
        describe_target(values, "10", "auto")
    with pytest.raises(TableError, match="Do blanks part the fields"):
        describe_target(read_table_of("x y\n1 2\n3 4\n5 6\n"), "y", "auto")


def read_table_of(text):
    sheet = read_sheet(text, "t.csv")
    table = from_fields(
        "t.csv", {n: [r.fields[i] for r in sheet.rows] for i, n in enumerate(sheet.names)}, set(), False
    )
    table.notes = sheet.notes
    return table


def test_classes_of_one_meaning():
    said = " ".join(describe(["TRUE", "1", "yes", "FALSE", "0", "no"] * 6)[2])
    assert "may mean the same: '1', 'TRUE', 'yes'" in said and "'0', 'FALSE', 'no'" in said
    assert "mean the same" not in " ".join(describe(["yes", "no", "n"] * 6 + ["other"] * 6)[2])
    assert "differ in the code of a letter only" in " ".join(describe(["\uff21", "A", "tea"] * 8)[2])


def test_rare_classes_and_classes_written_in_two_ways():
    _, _, notes = describe(["a"] * 9 + ["b"] * 9 + ["TOTAL", "A", "b  b", "b b", "c", "c"])
    said = " ".join(notes)
    assert "'TOTAL' (1 row)" in said and "'c' (2 rows)" in said and "'b' (9" not in said
    assert "'A', 'a'" in said and "'b  b', 'b b'" in said


def test_a_code_for_missing_ones_is_told():
    notes = describe(np.append(np.linspace(0.1, 9, 60), [-999.0] * 3))[2]
    assert any("3 of its values are -999" in note for note in notes)


def test_numbers_that_cannot_be_read_are_named():
    with pytest.raises(
        TableError, match=r"too many to be classes; most entries look like numbers, but 10 do not \('<0'"
    ):
        describe([f"{'<' * (i < 10)}{i}" for i in range(40)])


def test_dates_and_names_in_a_second_line_are_told():
    days = "".join(f"{v},2024-01-{v:02d}\n" for v in range(1, 29))
    with pytest.raises(TableError, match="too many to be classes; it holds dates"):
        describe_target(read_table_of(f"x,y\n{days}"), "y", "auto")
    with pytest.raises(TableError, match="It stands in row 1 of the values: do names stand in several lines"):
        describe_target(read_table_of("Measures,Result\nx,y\n1,2\n3,4\n5,6\n"), "y", "auto")
