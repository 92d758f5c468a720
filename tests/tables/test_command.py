import shlex

import pytest

from lamina.tables._command import command_of
from lamina.tables._settings import FitSettings


def test_only_what_is_no_default_is_typed():
    assert command_of("people.csv", FitSettings("income")) == "lamina fit people.csv --target income"


def test_every_option_comes_back_from_the_shell():
    settings = FitSettings(
        "the cost", {"size": ["low", "high end"]}, ("id", "a'b"), ("-1",), budget=90.0, hidden=(), seed=3, split_seed=2,
        val_size=0.3, folds=4, group="patient",
    )  # fmt: skip
    words = shlex.split(command_of("my people.csv", settings))
    assert words[:5] == ["lamina", "fit", "my people.csv", "--target", "the cost"]
    given = list(zip(words[5::2], words[6::2], strict=True))
    assert sorted(given) == sorted([
        ("--ordinal", "size=low,high end"), ("--drop", "id"), ("--drop", "a'b"), ("--missing", "-1"), ("--time", "90s"),
        ("--hidden", "0"), ("--seed", "3"), ("--split-seed", "2"), ("--val-size", "0.3"), ("--folds", "4"),
        ("--group", "patient"),
    ])  # fmt: skip


def test_a_repeated_command_has_the_same_settings():
    from lamina.cli._app import fit

    settings = FitSettings("y", time="day", hidden=(32, 8), learning_rate=0.002, test_size=0.3)
    words = shlex.split(command_of("t.csv", settings))[2:]
    options = fit.make_context("fit", words).params
    assert options["table"] == "t.csv" and options["time"] == ("day",) and options["hidden"] == "32,8"
    assert (options["learning_rate"], options["test_size"]) == (0.002, 0.3)


@pytest.mark.parametrize("data", [{"a": list(range(500))}, object()])
def test_a_frame_is_a_call(data):
    said = command_of(data, FitSettings("y", seed=3, hidden=(8,)))
    assert said == f"lamina.fit_table(<{type(data).__name__}>, target='y', seed=3, hidden=(8,))"


def test_a_test_table_that_is_a_frame_is_a_call():
    assert command_of("t.csv", FitSettings("y", test={"a": list(range(500))})).endswith("test=<dict>)")
