import numpy as np
import pytest

pytest.importorskip("pandas")

from lamina.tables._columns import Column
from lamina.tables._display import Display
from lamina.tables._report import Speaker, columns_table, confusion_table, figures_table, missing_sentences
from lamina.tables._target import Target
from lamina.tables._training import Run

TWO = Target("y", "two classes", ["no", "yes"])


def shown(table, capsys):
    Speaker(quiet=False).show(table)
    return capsys.readouterr().out


def test_a_pipe_with_colours_gets_nothing_that_moves(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    say = Speaker(quiet=False)
    with say.working("busy"), Display(say.console, 1, 10, 5, None):
        say.line("a line")
    assert capsys.readouterr().out == "a line\n"


def test_square_brackets_are_no_markup(capsys):
    text = shown(columns_table([Column("[red]x[/red]", "left out", "[bold] [/] note", 3)], 12), capsys)
    assert "[red]x[/red]" in text and "[bold] [/] note" in text and "3 (25%)" in text


def test_wide_tables_are_cut(capsys):
    text = shown(columns_table([Column(f"c{i}", "numeric") for i in range(100)], 5), capsys)
    assert "c39" in text and "c40" not in text and "60 more" in text


def test_figures_beside_each_other(capsys):
    text = shown(figures_table({"network": {"a": 0.5, "b": 12345.678}, "mean": {"a": 1.0}}), capsys)
    assert [line.split() for line in text.strip().splitlines()][-2:] == [["a", "0.5", "1"], ["b", "1.235e+04"]]


def test_the_spread_over_the_folds_stands_beside_the_mean(capsys):
    text = shown(figures_table({"network": {"a": 0.5}}, {"network": {"a": 0.125}}), capsys)
    assert text.strip().splitlines()[-1].split() == ["a", "0.5", "±", "0.12"]


def test_confusion(capsys):
    text = shown(confusion_table(TWO, np.array([[3, 1], [0, 2]])), capsys)
    assert [line.split() for line in text.strip().splitlines()][-2:] == [["no", "3", "1"], ["yes", "0", "2"]]
    many = Target("y", "classes", [str(i) for i in range(9)])
    assert confusion_table(many, np.zeros((9, 9), int)) is None


def test_missing_values_are_explained_where_there_are_some():
    assert missing_sentences([Column("a", "numeric"), Column("b", "left out", missing=3)]) == []
    said = missing_sentences([Column("a", "ordinal", missing=1), Column("b", "nominal", missing=3)])
    assert "median" in said[0] and "category of their own" in said[1]


def test_a_run_knows_its_length():
    assert Run([], {"loss": [3.0, 2.0]}, 2, 0.1).epochs == 2
