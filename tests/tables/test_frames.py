import numpy as np
import pytest

import lamina
from lamina.tables import TableError, load_table_model
from lamina.tables._frames import as_table
from lamina.tables._read import text_of

AGES = [7 * i % 40 + 20 for i in range(40)]
ROWS = {
    "age": AGES, "kind": ["a", "b"] * 20, "day": [f"2024-01-{i % 28 + 1:02}" for i in range(40)],
    "gap": [1.5, None] * 20, "cost": [2.0 * a + (5 if a % 2 else 0) for a in AGES],
}  # fmt: skip


def frames():
    yield ROWS
    for name, make in (("pandas", "DataFrame"), ("polars", "DataFrame"), ("pyarrow", "table")):
        try:
            yield getattr(__import__(name), make)(ROWS)
        except ImportError:
            continue


@pytest.mark.parametrize("frame", [*frames()], ids=lambda f: type(f).__module__)
def test_frames_of_every_kind_are_read_alike(frame):
    table = as_table(frame)
    assert table.names == list(ROWS) and table.dates == {"day"}
    np.testing.assert_array_equal(table.columns["gap"], [1.5, np.nan] * 20)
    assert table.columns["kind"].tolist() == ROWS["kind"]


def test_the_model_predicts_raw_rows_and_comes_back_from_its_file(tmp_path):
    model = lamina.fit_table(ROWS, target="cost", hidden=(), folds=2, verbose=False)
    rows = {name: values[:3] for name, values in ROWS.items() if name != "cost"}
    found = model.predict(rows)
    np.testing.assert_allclose(found, ROWS["cost"][:3], atol=1)
    assert model.evaluate(ROWS)["R squared"] > 0.99 and "linear model" in model.figures
    model.save(tmp_path / "m.keras")
    again = load_table_model(tmp_path / "m.keras")
    np.testing.assert_allclose(again.predict(rows), found, rtol=1e-6)
    assert again.figures == model.figures
    assert np.isfinite(model.predict(rows | {"gap": [None] * 3})).all()


def test_classes_and_their_probabilities():
    model = lamina.fit_table(ROWS, target="kind", drop=["day", "cost"], hidden=(), folds=2, verbose=False)
    shares = model.predict_proba(ROWS)
    assert shares.shape == (40, 2) and np.allclose(shares.sum(1), 1)
    assert (model.predict(ROWS) == np.array(model.target.classes)[shares.argmax(1)]).all()


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        ([0, 1], "i"),
        ([3, -1], "i"),
        ([0.0, 1.0], "f"),
        ([0.5, 1.5], "f"),
        ([True, False], "b"),
        (["a", "b"], "O"),
        (["0", "1"], "O"),
        ([0, 1, 2], "i"),
        ([2**60, 2**60 + 1], "i"),
    ],
)
@pytest.mark.parametrize("made", ["dict", "pandas", "categorical", "pyarrow"])
def test_classes_come_back_as_the_labels_of_the_frame(labels, kind, made, tmp_path):
    given = [labels[i * len(labels) // 40] for i in range(40)]
    frame = {"x": [i + i % 3 / 10 for i in range(40)], "y": given}
    if made == "pyarrow":
        frame = pytest.importorskip("pyarrow").table(frame)
    elif made != "dict":
        frame = pytest.importorskip("pandas").DataFrame(frame)
        frame["y"] = frame["y"].astype("category") if made == "categorical" else frame["y"]
    model = lamina.fit_table(frame, "y", task="classification", hidden=(), folds=2, verbose=False)
    found = model.predict(frame)
    assert found.dtype.kind == kind and np.mean(found == np.array(given)) > 0.9
    assert model.target.classes == [text_of(label, ()) for label in sorted(labels)]
    model.save(tmp_path / "m.keras")
    again = load_table_model(tmp_path / "m.keras").predict(frame)
    assert again.dtype == found.dtype and again.tolist() == found.tolist()


def test_gaps_take_nothing_from_the_type_of_labels():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"x": range(0, 80, 2), "y": pandas.array([0, 1, None, 0] * 10, dtype="Int64")})
    assert lamina.fit_table(frame, "y", hidden=(), folds=2, verbose=False).predict(frame).dtype.kind == "i"
    mixed = {"x": [i / 3 for i in range(40)], "y": np.array([True, 2, "b", 2] * 10, dtype=object)}
    assert lamina.fit_table(mixed, "y", hidden=(), folds=2, verbose=False).predict(mixed).dtype.kind == "O"


def test_labels_of_a_file_are_texts(write_table):
    path = str(write_table({"x": [i / 3 for i in range(40)], "y": [i % 2 for i in range(40)]}))
    model = lamina.fit_table(path, "y", hidden=(), folds=2, verbose=False)
    assert set(model.predict(path).tolist()) <= {"0", "1"} and model.target.labels == []


def test_what_is_nearly_a_frame():
    pyarrow = pytest.importorskip("pyarrow")
    table = as_table(pyarrow.RecordBatch.from_pydict({"a": [1, 2], "b": ["x", "y"]}))
    assert table.names == ["a", "b"] and len(table) == 2

    class LazyFrame:
        def collect(self): ...

    with pytest.raises(TypeError, match=r"got LazyFrame. Collect it first: give data.collect\(\)"):
        as_table(LazyFrame())


def test_frames_of_pandas_keep_what_their_types_say():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {
            "size": pandas.Categorical(["low", "high"], categories=["low", "high"], ordered=True),
            "shop": pandas.Categorical([3, 1]), 7: [1.5, 2.5], "wait": pandas.to_timedelta([1, 2], "min"),
        },
        index=pandas.Index([5, 6], name="age"),
    )  # fmt: skip
    table = as_table(frame)
    assert table.names == ["age", "size", "shop", "7", "wait"]
    assert table.ordered == {"size": ["low", "high"]} and table.columns["shop"].tolist() == ["3", "1"]
    assert table.columns["wait"].tolist() == [60, 120] and any("in seconds" in note for note in table.notes)
    several = pandas.DataFrame([[1, 2]], columns=pandas.MultiIndex.from_tuples([("a", "x"), ("a", "y")]))
    assert as_table(several).names == ["('a', 'x')", "('a', 'y')"]


def test_columns_of_one_name_are_refused():
    pandas = pytest.importorskip("pandas")
    pyarrow = pytest.importorskip("pyarrow")
    for frame in (
        {"x": [1], "x ": [2]},
        pandas.DataFrame([[1, 2]], columns=["x", "x"]),
        pandas.DataFrame([[1, 2]], columns=["x", "x "]),
        pyarrow.table([[1], [2]], names=["x", "x"]),
        pyarrow.table({"x": [1], "x ": [2]}),
    ):
        with pytest.raises(TableError, match="several columns are called 'x'"):
            as_table(frame)
    with pytest.raises(TableError, match="the index and a column are both called 'x'"):
        as_table(pandas.DataFrame({"x": [1]}, index=pandas.Index([2], name="x")))


def test_mistakes():
    with pytest.raises(TypeError, match="got int"):
        as_table(3)
    with pytest.raises(TableError, match="differ in length"):
        as_table({"a": [1], "b": [1, 2]})
    with pytest.raises(TableError, match="effort"):
        lamina.fit_table(ROWS, target="cost", effort="huge")
    with pytest.raises(TableError, match="--folds and --time"):
        lamina.fit_table(ROWS, target="cost", folds=3, time="day")


def test_what_is_masked_is_missing():
    i = np.arange(60)
    x, word = np.ma.array(7.0 * i, mask=i % 6 == 1), np.ma.array(np.where(i % 2, "a", "b"), mask=i % 12 == 5)
    y = np.ma.array(7 * i + 2, mask=i % 20 == 3)
    x.data[x.mask], y.data[y.mask] = -4444, -4444
    model = lamina.fit_table({"x": x, "word": word, "y": y}, target="y", hidden=(), folds=2, verbose=False)
    assert [(c.name, c.missing) for c in model.columns] == [("x", 9), ("word", 5)]
    assert any("3 of 60 rows have no 'y'" in note for note in model.summary["notes"])
    later = np.ma.array([70.0, 1.0], mask=[False, True])
    plain = model.predict({"x": [70.0, None], "word": ["a", "b"]})
    np.testing.assert_array_equal(model.predict({"x": later, "word": ["a", "b"]}), plain)
