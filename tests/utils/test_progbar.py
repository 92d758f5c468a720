"""Progbar: what it prints."""

import re

import pytest

from lamina.utils import Progbar


def test_a_bar(capsys):
    bar = Progbar(4, width=8, interval=0)
    for step in range(1, 5):
        bar.update(step, [("loss", 5.0 - step)])
    shown = capsys.readouterr().out.split("\r")[1:]
    assert shown[0].startswith("1/4 ━━──────") and shown[3].startswith("4/4 ━━━━━━━━ ") and shown[3].endswith("\n")
    assert "loss: 4.0000" in shown[0] and "loss: 2.5000" in shown[3]  # the mean of 4, 3, 2, 1


def test_values_as_they_are_and_averages_by_steps(capsys):
    bar = Progbar(None, stateful_metrics=["acc"], verbose=2, unit_name="sample")
    bar.add(1, {"acc": 0.2, "loss": 1.0})
    bar.update(4, {"acc": 0.5, "loss": 3.0}, finalize=True)
    out = capsys.readouterr().out
    assert re.fullmatch(r"4/Unknown \d+s \d+ms/sample - acc: 0.5000 - loss: 2.5000\n", out)
    bar = Progbar(2, stateless_metrics=["loss"], verbose=2)
    bar.update(1, {"acc": 1.0, "loss": 1.0})
    bar.update(2, {"acc": 0.5, "loss": 2.0})
    assert "acc: 0.5000 - loss: 1.5000" in capsys.readouterr().out


def test_silence_and_intervals(capsys):
    bar = Progbar(3, verbose=0)
    bar.update(3, {"loss": 1.0})
    bar = Progbar(100, interval=1000)
    for _ in range(50):
        bar.add(1)
    assert capsys.readouterr().out.count("\r") == 1


def test_one_set_of_names_only():
    with pytest.raises(ValueError, match="stateful_metrics or stateless_metrics, not both"):
        Progbar(1, stateful_metrics=["a"], stateless_metrics=["b"])
