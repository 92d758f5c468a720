"""Tables as psql, mysql and Markdown print them."""

import numpy as np
import pytest

import lamina
from lamina.tables._read import read_table
from lamina.tables._records import Row
from lamina.tables._ruled import are_boxed, is_count, is_rule, unboxed

ROWS = [(f"{i / 4:g}", "Köln" if i % 3 else "Ulm", str(i % 2)) for i in range(1, 61)]
BOX = "+------+------+---+\n"


def lines(before, after, sign=" | "):
    return "".join(f"{before}{sign.join(row)}{after}\n" for row in ROWS)


FORMS = {
    "psql": " x | city | y \n---+------+---\n" + lines(" ", "") + "(60 rows)\n\n",
    "mysql": f"{BOX}| x | city | y |\n{BOX}{lines('| ', ' |')}{BOX}60 rows in set (0.01 sec)\n",
    "mysql in a file": f"{BOX}| x | city | y |\n{BOX}{lines('| ', ' |')}{BOX}",
    "markdown": "| x | city | y |\n|:--|:---:|---|\n" + lines("| ", " |"),
    "markdown bare": "x | city | y\n--- | --- | ---\n" + lines("", ""),
    "ruled below too": "x,city,y\n---,----,---\n" + lines("", "", ",").replace("1,", "---,----,---\n1,", 1),
    "sqlcmd": "x,city,y\n---,----,---\n" + lines("", "", ",") + "\n(60 rows affected)\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_printed_tables(form, tmp_path):
    (tmp_path / "t.txt").write_text(FORMS[form], encoding="utf-8")
    path = str(tmp_path / "t.txt")
    table = read_table(path)
    assert table.names == ["x", "city", "y"] and len(table) == 60
    assert table.columns["x"].tolist() == [float(x) for x, _, _ in ROWS]
    assert table.columns["city"].tolist() == [city for _, city, _ in ROWS]
    assert any("60 rows" in note for note in table.notes) == ("60 rows" in FORMS[form])
    model = lamina.fit_table(path, "y", hidden=(), verbose=False, memory=2000, test_size=0.3)
    assert model.summary["rows_read"] == 60 and [c.name for c in model.columns] == ["x", "city"]


def test_lines_below_are_told(tmp_path):
    (tmp_path / "t.txt").write_text(FORMS["mysql"], encoding="utf-8")
    notes = read_table(str(tmp_path / "t.txt")).notes
    assert "Line 64: a line of signs that rules the table; left out." in notes


def test_a_row_of_dashes_among_values_is_a_row_that_lacks_them(tmp_path):
    (tmp_path / "t.csv").write_text("a,b,c\n" + "1,x,5\n" * 6 + "---,---,---\n" + "2,y,6\n" * 6)
    table = read_table(str(tmp_path / "t.csv"))
    assert len(table) == 13 and not any("signs" in note for note in table.notes)
    assert np.isnan(table.columns["a"][6]) and table.columns["b"][6] == ""


def test_rules():
    assert is_rule(Row(["---+----+---"], 1)) and is_rule(Row(["", ":---:", "---", ""], 1)) and is_rule(Row(["==="], 1))
    assert not any(
        is_rule(Row(fields, 1)) for fields in (["-", "-"], ["--", ""], ["---", "1"], ["", ""], ["a---"], ["-3"])
    )


def test_counts():
    assert all(
        map(
            is_count,
            ("(12 rows)", "(1 row)", "12 rows in set (0.00 sec)", "(3 rows affected)", "(12 Zeilen)", "(5 строк)"),
        )
    )
    assert not any(map(is_count, ("12", "12 rowers", "12 rows of 30", "rows")))


def test_boxes():
    rows = [Row(["", "a", "b", ""], 1), Row(["x"], 2)]
    assert are_boxed(rows, 4) and not are_boxed([*rows, Row(["", "a", "b", "c"], 3)], 4)
    assert unboxed(rows[0]).fields == ["a", "b"] and unboxed(rows[1]) is rows[1]
