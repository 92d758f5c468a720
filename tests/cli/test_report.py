import numpy as np
import pytest

pytest.importorskip("pandas")

from lamina.cli._columns import Column
from lamina.cli._fit import _cautions, _Speaker
from lamina.cli._report import columns_table, confusion_table, figures_table, missing_sentences
from lamina.cli._target import Target
from lamina.cli._training import Progress, Run

TWO = Target("y", "two classes", ["no", "yes"])


def shown(table, capsys):
    _Speaker(quiet=False).show(table)
    return capsys.readouterr().out


def test_square_brackets_are_no_markup(capsys):
    text = shown(columns_table([Column("[red]x[/red]", "left out", "[bold] [/] note", 3)], 12), capsys)
    assert "[red]x[/red]" in text and "[bold] [/] note" in text and "3 (25%)" in text


def test_wide_tables_are_cut(capsys):
    text = shown(columns_table([Column(f"c{i}", "numeric") for i in range(100)], 5), capsys)
    assert "c39" in text and "c40" not in text and "60 more" in text


def test_figures_beside_each_other(capsys):
    text = shown(figures_table({"network": {"a": 0.5, "b": 12345.678}, "mean": {"a": 1.0}}), capsys)
    assert [line.split() for line in text.strip().splitlines()][-2:] == [["a", "0.5", "1"], ["b", "1.235e+04"]]


def test_confusion(capsys):
    text = shown(confusion_table(TWO, np.array([[3, 1], [0, 2]])), capsys)
    assert [line.split() for line in text.strip().splitlines()][-2:] == [["no", "3", "1"], ["yes", "0", "2"]]
    many = Target("y", "classes", [str(i) for i in range(9)])
    assert confusion_table(many, np.zeros((9, 9), int)) is None


def test_missing_values_are_explained_where_there_are_some():
    assert missing_sentences([Column("a", "numeric"), Column("b", "left out", missing=3)]) == []
    said = missing_sentences([Column("a", "ordinal", missing=1), Column("b", "nominal", missing=3)])
    assert "median" in said[0] and "category of their own" in said[1]


def test_cautions():
    def of(network, linear, constant, rows, target=TWO):
        names = ("accuracy", "cross-entropy") if target is TWO else ("root mean squared error",)
        return " ".join(
            _cautions(target, {k: dict(zip(names, v)) for k, v in zip("abc", (network, linear, constant))}, rows)
        )

    assert of((0.9, 0.1), (0.8, 0.2), (0.5, 0.7), 1000) == ""
    assert "The logistic model has the smaller cross-entropy" in of((0.9, 0.3), (0.8, 0.2), (0.5, 0.7), 1000)
    assert "no more often right" in of((0.9, 0.1), (0.8, 0.2), (0.9, 0.7), 1000)
    assert "one row is 2.0 percentage points" in of((0.9, 0.1), (0.8, 0.2), (0.5, 0.7), 50)
    number = Target("y", "number")
    assert "20 test rows are few" in of((1.0,), (2.0,), (3.0,), 20, number)
    assert "The linear model has the smaller root" in of((3.0,), (2.0,), (3.0,), 100, number)


def test_progress_without_a_terminal(capsys):
    progress = Progress("network", type("Stopping", (), {"best_epoch": 1}))
    progress.set_params({"epochs": 100})
    progress.on_train_begin()
    for epoch in range(25):
        progress.on_epoch_end(epoch, {"loss": 0.5, "val_loss": 0.25})
    progress.on_train_end()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0].split()[-1] for line in lines] == ["1/100", "10/100", "20/100", "25/100"]
    assert lines[0] == "  network: epoch 1/100, loss 0.5000, validation 0.2500, best epoch 2"


def test_a_run_knows_its_length():
    assert Run(None, {"loss": [3.0, 2.0]}, 2, 0.1).epochs == 2
