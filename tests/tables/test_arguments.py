"""What each argument of a fit may be: by name, bad values and good ones."""

from dataclasses import fields

import numpy as np
import pytest

import lamina
from lamina.tables._errors import TableError
from lamina.tables._settings import FitSettings

NAN, INF = float("nan"), float("inf")
NO_NUMBERS = ["3", None, [1], {}, True, NAN, INF, -INF, 1j]
NO_WHOLE = ["3", [1], {}, True, NAN, INF, 2.5, -1, 2**32, 10**30]
NO_TEXT = [3, b"utf-8", ["utf-8"], True]
NO_LISTS = ["id", 1, 2.5, True, {"id": 1}, [["id"]], [None]]

BAD = {
    "target": [None, ["y"], {}, np.arange(3)],
    "ordinal": [
        ["size"],
        "size",
        3,
        {"size": "low"},
        {"size": ["low"]},
        {"size": [1, 1]},
        {"size": [[1], 2]},
        {"size": 3},
    ],
    "drop": NO_LISTS,
    "missing": [*NO_LISTS, [NAN]],
    "encoding": NO_TEXT,
    "task": [*NO_TEXT, "regress", ""],
    "group": [["g"], {}, {1}],
    "time": [["t"], {}],
    "folds": [*NO_WHOLE, 1],
    "test_size": [*NO_NUMBERS[:1], *NO_NUMBERS[2:], 0, 1, -0.1, 1.5],
    "val_size": [*NO_NUMBERS[:1], *NO_NUMBERS[2:], 0, 1, -0.1, 1.5],
    "split_seed": NO_WHOLE,
    "seed": NO_WHOLE,
    "effort": [*NO_TEXT, "fast"],
    "budget": [*NO_NUMBERS[:1], *NO_NUMBERS[2:], 0, -1],
    "hidden": [64, "64,64", (64, 0), (64, -1), (2.5,), (10**12,), {64: 1}, (True,), (None,)],
    "epochs": [*NO_WHOLE, 0],
    "batch_size": NO_WHOLE,
    "learning_rate": [*NO_NUMBERS[:1], *NO_NUMBERS[2:], 0, -1],
    "weight_decay": [*NO_NUMBERS[:1], *NO_NUMBERS[2:], -1],
    "patience": [*NO_WHOLE, 0],
    "resume": [3, True, ["m"]],
    "memory": ["1GB", 0, -1, 2.5, True, NAN, 10**30],
}
CASES = [(name, value) for name, values in BAD.items() for value in values]


def test_every_argument_has_bad_values():
    assert {f.name for f in fields(FitSettings)} - {"test", "verbose"} == set(BAD)  # `test` is data, as the table


@pytest.mark.parametrize(("name", "value"), CASES, ids=[f"{name}={value!r}"[:50] for name, value in CASES])
def test_a_bad_value_is_refused_with_the_name_and_what_it_must_be(name, value):
    with pytest.raises(TableError, match=rf"^{name} \(--[a-z-]+\) must be .+; got .+\.$"):
        FitSettings(**{"target": "y", name: value})


def test_what_was_got_is_shown_with_its_kind():
    with pytest.raises(TableError, match=r"hidden \(--hidden\) must be a list of units .*; got \{64: 1\} \(dict\)\."):
        FitSettings("y", hidden={64: 1})
    with pytest.raises(TableError, match=r"got \[0, 1, .{0,60}\.\.\. \(list\)\."):
        FitSettings(list(range(1000)))


@pytest.mark.parametrize(
    ("name", "value", "used"),
    [
        ("target", 2, "2"),
        ("target", " y ", "y"),
        ("target", ("a", 1), "('a', 1)"),
        ("group", np.int64(7), "7"),
        ("time", 0, "0"),
        ("drop", [1, "id"], ("1", "id")),
        ("drop", np.array(["a", "b"]), ("a", "b")),
        ("missing", [-1, -9.0, 0.5], ("-1", "-9", "0.5")),
        ("ordinal", {3: [1, 2.0, "high"]}, {"3": ["1", "2", "high"]}),
        ("folds", 0, 0),
        ("folds", np.int64(4), 4),
        ("seed", 2**32 - 1, 2**32 - 1),
        ("test_size", np.float32(0.25), 0.25),
        ("learning_rate", 1, 1.0),
        ("weight_decay", 0, 0.0),
        ("hidden", [8, np.int32(4)], (8, 4)),
        ("hidden", [], ()),
        ("hidden", None, None),
        ("epochs", None, None),
        ("memory", 1 << 40, 1 << 40),
    ],
)
def test_good_values_as_they_are_used(name, value, used):
    kept = getattr(FitSettings(**{"target": "y", name: value}), name)
    assert kept == used and type(kept) is type(used)


def test_columns_called_by_numbers():
    pandas = pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    frame = pandas.DataFrame({0: rng.normal(size=60), 1: rng.normal(size=60), 7: np.arange(60) % 12, 2: np.zeros(60)})
    frame[2] = 3 * frame[0] + 1
    model = lamina.fit_table(frame, 2, drop=[1], group=7, folds=2, hidden=(), verbose=False)
    kinds = {c.name: c.kind for c in model.columns}
    assert kinds == {"0": "numeric", "1": "left out", "7": "left out"}
    assert model.evaluate(frame)["R squared"] > 0.99
