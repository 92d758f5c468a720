import io

import numpy as np
import pytest

pandas = pytest.importorskip("pandas")

import lamina as package  # noqa: E402


@pytest.fixture
def fitted(lamina, tmp_path, write_table, people):
    """Fits to one of the targets; gives the model's path."""

    def fit(target, *options):
        others = [c for c in ("cost", "dear", "band") if c != target]
        drops = [part for c in others for part in ("--drop", c)]
        table = write_table(people)
        lamina(
            "fit",
            table,
            "--target",
            target,
            "--out",
            tmp_path / target,
            "--effort",
            "quick",
            "--folds",
            0,
            "--quiet",
            "--force",
            *drops,
            *options,
        )
        return tmp_path / target / "model.keras"

    return fit


def test_a_number(lamina, fitted, tmp_path, people):
    model = fitted("cost")
    lamina("predict", model, tmp_path / "table.csv", "-o", tmp_path / "p.csv")
    frame = pandas.read_csv(tmp_path / "p.csv")
    assert list(frame) == ["predicted_cost"] and len(frame) == 120
    assert np.corrcoef(frame["predicted_cost"], people["cost"])[0, 1] > 0.9
    assert abs(frame["predicted_cost"].mean() - np.mean(people["cost"])) < 20  # the table's own units


def test_two_classes(lamina, fitted, tmp_path, people):
    result = lamina("predict", fitted("dear"), tmp_path / "table.csv", "--keep", "row")
    frame = pandas.read_csv(io.StringIO(result.stdout))
    assert list(frame) == ["row", "predicted_dear", "probability_no", "probability_yes"]
    np.testing.assert_allclose(frame["probability_no"] + frame["probability_yes"], 1, atol=1e-6)
    assert ((frame["probability_yes"] > 0.5) == (frame["predicted_dear"] == "yes")).all()
    assert (frame["predicted_dear"] == people["dear"]).mean() > 0.8


def test_more_classes(lamina, fitted, tmp_path, people):
    pytest.importorskip("pyarrow")
    lamina("predict", fitted("band"), tmp_path / "table.csv", "-o", tmp_path / "p.parquet")
    frame = pandas.read_parquet(tmp_path / "p.parquet")
    shares = frame[["probability_cheap", "probability_dear", "probability_fair"]]
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    likeliest = shares.idxmax(axis=1).str.removeprefix("probability_")
    assert (likeliest == frame["predicted_band"]).all()
    assert (frame["predicted_band"] == people["band"]).mean() > 0.7


def test_predictions_are_those_of_the_model(lamina, fitted, tmp_path, write_table):
    path = fitted("cost")
    new = write_table(
        {"age": [30, 50], "city": ["Rom", "Oslo"], "size": ["low", "mid"], "income": [3000, 2500]}, "new.csv"
    )
    frame = pandas.read_csv(io.StringIO(lamina("predict", path, new).stdout))
    frame_of = pandas.read_csv(new)
    rows = {name: frame_of[name].to_numpy() for name in ("city", "size")}
    rows |= {name: frame_of[name].to_numpy("float32") for name in ("age", "income")}
    rows = {k: v.astype(str) if v.dtype == object or v.dtype.kind not in "f" else v for k, v in rows.items()}
    expected = package.models.load_model(path).predict(rows, verbose=0)[:, 0]
    np.testing.assert_allclose(frame["predicted_cost"], expected, rtol=1e-5)


def test_unseen_categories_and_new_gaps_are_told(lamina, fitted, tmp_path, write_table):
    new = write_table(
        {"age": ["", 50], "city": ["Bonn", "Oslo"], "size": ["low", "mid"], "income": ["", 1], "extra": [1, 2]},
        "new.csv",
    )
    result = lamina("predict", fitted("cost"), new)
    assert len(pandas.read_csv(io.StringIO(result.stdout))) == 2
    assert "1 row(s) have a 'city' that the model does not tell apart: 'Bonn'" in result.stderr
    assert "1 row(s) lack 'age'" in result.stderr and "'income'" not in result.stderr
    assert "knows nothing of 'extra'" in result.stderr


def test_a_number_in_an_ordinal_or_nominal_column(lamina, tmp_path, write_table):
    rng = np.random.default_rng(0)
    rooms = rng.choice([1, 2, 3], 60)
    table = write_table({"rooms": rooms, "size": rng.normal(size=60), "rent": rooms * 100 + rng.normal(size=60)})
    lamina(
        "fit", table, "--target", "rent", "--ordinal", "rooms=1,2,3", "--out", tmp_path / "m", "--quiet", "--hidden", 0
    )
    new = write_table({"rooms": ["3.0", ""], "size": [0, 1]}, "new.csv")
    frame = pandas.read_csv(io.StringIO(lamina("predict", tmp_path / "m" / "model.keras", new).stdout))
    assert abs(frame["predicted_rent"][0] - 300) < 30
    bad = write_table({"rooms": [4, 1], "size": [0, 1]}, "bad.csv")
    assert "'rooms' holds '4' in row 1" in lamina.fails("predict", tmp_path / "m" / "model.keras", bad)


def test_mistakes(lamina, fitted, tmp_path, write_table):
    model = fitted("cost")

    def message(columns, *options):
        return lamina.fails("predict", model, write_table(columns, "new.csv"), *options)

    good = {"age": [30], "city": ["Rom"], "size": ["low"], "income": [3000]}
    lacking = {k: v for k, v in good.items() if k != "city"}
    assert "no column 'city', which the model was fitted on. Did you mean 'City'?" in message(
        lacking | {"City": ["Rom"]}
    )
    assert "must hold numbers" in message(good | {"age": ["old"]})
    assert "not finite" in message(good | {"age": ["inf"]})
    assert "is empty" in message({k: [] for k in good})
    assert "no column 'id' to keep" in message(good, "--keep", "id")
    assert "cannot be written" in message(good, "-o", tmp_path / "nowhere" / "p.csv")
    assert "--out p.xyz: no file of this kind" in message(good, "-o", "p.xyz")
    assert "--keep predicted_cost" in message(good | {"predicted_cost": [1]}, "--keep", "predicted_cost")
    assert "no such file" in lamina.fails("predict", tmp_path / "no.keras", tmp_path / "table.csv")
    assert "table.csv" in lamina.fails("predict", tmp_path / "table.csv", tmp_path / "table.csv")
    (tmp_path / "x.keras").write_text("no zip")
    assert "not a .keras file" in lamina.fails("predict", tmp_path / "x.keras", tmp_path / "table.csv")


def test_neither_the_table_nor_the_model_is_overwritten(lamina, fitted, tmp_path):
    model, table = fitted("cost"), tmp_path / "table.csv"
    for command in ("predict", "report"):
        for path in (table, model):
            before = path.read_bytes()
            assert "would be overwritten" in lamina.fails(command, model, table, "-o", path, "--force")
            assert path.read_bytes() == before


def test_the_folder_of_a_fit_stands_for_its_model(lamina, fitted, tmp_path):
    model, table = fitted("cost"), tmp_path / "table.csv"
    for command in ("predict", "evaluate"):
        assert lamina(command, model.parent, table).stdout == lamina(command, model, table).stdout
    assert "no such file" in lamina.fails("predict", tmp_path / "empty", table)
    assert lamina("summary", model.parent).stdout == lamina("summary", model).stdout


def test_models_from_elsewhere(lamina, tmp_path, write_table):
    model = package.Sequential([package.Input((2,)), package.layers.Dense(1)])
    model.save(tmp_path / "m.keras")
    table = write_table({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    frame = pandas.read_csv(io.StringIO(lamina("predict", tmp_path / "m.keras", table).stdout))
    np.testing.assert_allclose(
        frame["prediction"], model.predict(np.array([[1.0, 3], [2, 4]]), verbose=0)[:, 0], rtol=1e-5
    )
    wide = write_table({"a": [1.0], "b": [3.0], "c": [1]}, "wide.csv")
    assert "takes 2 numbers a row; the table has 3 columns" in lamina.fails("predict", tmp_path / "m.keras", wide)
