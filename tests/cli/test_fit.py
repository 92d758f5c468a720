import json
import pathlib
import zipfile

import numpy as np
import pytest

pandas = pytest.importorskip("pandas")
pytest.importorskip("matplotlib")

import lamina as package  # noqa: E402
from lamina.tables._model import load_table_model  # noqa: E402

WINE = pathlib.Path(__file__).parents[2] / "examples" / "data" / "wine.csv"


QUICK = ("--effort", "quick", "--folds", 0)


def fit(lamina, tmp_path, table, target, *options, out="out"):
    """Fits quickly on one split, with --quiet left off; gives the text on the screen and metrics.json."""
    result = lamina("fit", table, "--target", target, "--out", tmp_path / out, "--force", *QUICK, *options)
    return result.stdout, json.loads((tmp_path / out / "metrics.json").read_text())


def test_the_wine_table_is_as_described():
    frame = pandas.read_csv(WINE)
    assert frame.shape == (178, 14)
    assert frame["cultivar"].value_counts().to_dict() == {"barolo": 59, "grignolino": 71, "barbera": 48}
    assert not frame.isna().any().any()


def test_classes(lamina, tmp_path):
    text, metrics = fit(lamina, tmp_path, WINE, "cultivar")
    assert metrics["output"]["units"] == 3 and metrics["loss"] == "categorical_crossentropy"
    assert metrics["rows"] == {"training": 114, "validation": 28, "test": 36, "folds": 0}
    assert metrics["test"]["network"]["accuracy"] > 0.9
    assert metrics["test"]["logistic model"]["accuracy"] > 0.9
    assert metrics["test"]["majority class"]["accuracy"] < 0.5
    assert np.sum(metrics["confusion"]) == 36
    for said in (
        "Softmax activation",
        "3 output units",
        "Categorical cross-entropy",
        "grignolino (71)",
        "majority class",
    ):
        assert said in text
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "model.keras", "report.html", "metrics.json", "learning_curves.png", "run.toml",
    }  # fmt: skip


def test_the_picture(lamina, tmp_path):
    from matplotlib.image import imread

    fit(lamina, tmp_path, WINE, "cultivar", "--epochs", 3)
    picture = imread(tmp_path / "out" / "learning_curves.png")
    assert picture.shape[0] > 500 and picture.shape[1] > 800
    assert picture[..., :3].std() > 0.02  # something is drawn


def test_a_number(lamina, tmp_path, write_table, people):
    del people["dear"], people["band"]
    text, metrics = fit(lamina, tmp_path, write_table(people), "cost", "--ordinal", "size=low,mid,high", "--seed", 1)
    kinds = {c["name"]: c["kind"] for c in metrics["columns"]}
    assert kinds == {"row": "left out", "age": "numeric", "city": "nominal", "size": "ordinal", "income": "numeric"}
    assert metrics["test"]["network"]["R squared"] > 0.9
    assert metrics["test"]["linear model"]["R squared"] > 0.9
    assert metrics["test"]["mean"]["R squared"] < 0.1
    assert metrics["loss"] == "mse" and metrics["output"]["activation"] == "linear"
    for said in ("identifier", "low < mid < high", "18 (15%)", "replaced by the median", "Mean squared error"):
        assert said in text


def test_the_loss_shown_is_a_share_of_the_variance(lamina, tmp_path, write_table, people):
    people["cost"] = [c * 1e6 for c in people["cost"]]
    _, metrics = fit(lamina, tmp_path, write_table(people), "cost", "--epochs", 2, "--drop", "dear", "--drop", "band")
    assert 0.1 < metrics["history"]["loss"][0] < 5
    assert metrics["test"]["mean"]["mean absolute error"] > 1e6  # in the table's units


def test_two_classes_and_gaps_in_the_target(lamina, tmp_path, write_table, people):
    del people["cost"], people["band"]
    people["dear"][:4] = [""] * 4
    text, metrics = fit(lamina, tmp_path, write_table(people), "dear")
    assert "4 of 120 rows have no 'dear' and are left out." in text
    assert metrics["output"] | {"why": None} == {"units": 1, "activation": "sigmoid", "why": None}
    assert metrics["target"]["classes"] == ["no", "yes"]
    assert metrics["test"]["network"]["accuracy"] > metrics["test"]["majority class"]["accuracy"]
    assert metrics["test"]["majority class"]["area under the ROC curve"] == 0.5


def test_the_seed_fixes_everything(lamina, tmp_path):
    options = ("--epochs", 5)
    one = fit(lamina, tmp_path, WINE, "cultivar", "--seed", 7, *options, out="one")[1]
    same = fit(lamina, tmp_path, WINE, "cultivar", "--seed", 7, *options, out="same")[1]
    other = fit(lamina, tmp_path, WINE, "cultivar", "--seed", 8, *options, out="other")[1]
    assert one == same
    assert one["history"] != other["history"]
    weights = [package.models.load_model(tmp_path / d / "model.keras").get_weights() for d in ("one", "same")]
    for a, b in zip(*weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_no_hidden_layers_give_the_linear_model_alone(lamina, tmp_path):
    text, metrics = fit(lamina, tmp_path, WINE, "cultivar", "--hidden", 0)
    assert set(metrics["test"]) == {"logistic model", "majority class"} and "history" not in metrics
    assert "Written is the logistic model; no network was asked for." in text
    assert not (tmp_path / "out" / "learning_curves.png").exists()


def test_a_code_for_missing_is_remarked_on_and_can_be_told(lamina, tmp_path, write_table, people):
    people["income"] = ["-1" if v == "" else v for v in people["income"]]
    table = write_table(people)
    options = ("--drop", "dear", "--drop", "band", "--epochs", 2)
    text, metrics = fit(lamina, tmp_path, table, "cost", *options)
    assert "18 of its values are -1, the rest 0 or more: missing? Then say --missing -1" in text
    _, metrics = fit(lamina, tmp_path, table, "cost", "--missing", "-1", *options)
    assert {c["name"]: c["missing"] for c in metrics["columns"]}["income"] == 18


def test_the_model_works_without_the_command(lamina, tmp_path, write_table, people):
    del people["cost"], people["band"]
    fit(lamina, tmp_path, write_table(people), "dear", "--epochs", 3)
    model = package.models.load_model(tmp_path / "out" / "model.keras")
    rows = {
        "age": np.array([30.0, 60.0], "float32"),
        "city": np.array(["Rom", "Bonn"]),
        "size": np.array(["low", "high"]),
        "income": np.array([3000.0, 2000.0], "float32"),
    }
    outputs = model.predict(rows, verbose=0)
    assert outputs.shape == (2, 1) and ((outputs > 0) & (outputs < 1)).all()
    assert set(model.evaluate(rows, np.ones((2, 1)), verbose=0, return_dict=True)) == {"accuracy", "loss"}
    model.fit(rows, np.ones((2, 1)), verbose=0)
    with zipfile.ZipFile(tmp_path / "out" / "model.keras") as archive:
        assert "lamina_table.json" in archive.namelist()


def test_quiet(lamina, tmp_path):
    result = lamina("fit", WINE, "--target", "cultivar", "--out", tmp_path / "o", "--epochs", 2, "--quiet", *QUICK)
    assert result.output == ""
    assert (tmp_path / "o" / "model.keras").exists()


def test_the_folder_is_named_after_the_table(lamina, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lamina("fit", WINE, "--target", "cultivar", "--hidden", 0, "--quiet")
    assert (tmp_path / "wine-model" / "model.keras").exists()


def test_without_matplotlib(lamina, tmp_path, monkeypatch):
    monkeypatch.setattr("lamina.tables._output.can_draw", lambda: False)
    text, _ = fit(lamina, tmp_path, WINE, "cultivar", "--epochs", 1)
    assert "pip install 'lamina[plot]'" in text
    assert not (tmp_path / "out" / "learning_curves.png").exists()


def test_mistakes(lamina, tmp_path, write_table, people, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table = write_table(people)

    def message(*options, of=table, target="cost"):
        return lamina.fails("fit", of, "--target", target, *QUICK, *options)

    assert "nothing.csv: there is no such file" in message(of="nothing.csv")
    assert "a folder" in message(of=tmp_path)
    assert "no column 'costs' to predict. Did you mean 'cost'?" in message(target="costs")
    assert "no column 'agee'. Did you mean 'age'?" in message("--drop", "agee")
    assert "none of its levels low, mid" in message("--ordinal", "size=low,mid")
    assert "--ordinal takes COLUMN=lowest" in message("--ordinal", "size")
    assert "--ordinal takes COLUMN=lowest" in message("--ordinal", "size=low,low")
    assert "--task" in message("--task", "clustering")
    assert "needs numbers" in message("--task", "regression", target="city")
    assert "--hidden" in message("--hidden", "a,b")
    assert "--test-size" in message("--test-size", "1.5")
    assert "smaller --learning-rate" in message("--learning-rate", 1e30, "--epochs", 2, "--quiet")
    assert "--out" in message("--out", table, "--epochs", 1)

    def of(columns):
        return write_table(columns, "other.csv")

    assert "is empty" in message(of=of({"cost": [], "b": []}))
    assert "'x' in all rows" in message(of=of({"cost": ["x"] * 12, "b": range(12)}))
    assert "at least 10" in message(of=of({"cost": [1.5, 2, 4], "b": [3.1, 5, 2]}))
    assert "not finite, the first in row 3" in message(of=of({"cost": range(12), "b": [1, 2, "inf", *range(9)]}))
    assert "not finite" in message(of=of({"cost": [*range(11), "-inf"], "b": range(12)}))
    assert "no column is left to predict 'cost' from: it is the only one" in message(of=of({"cost": [1.5, 2, 4]}))
    assert "numbers the rows" in message(of=of({"cost": [1.5, 2, 4] * 4, "b": range(12)}))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["other.csv", "table.csv"]  # nothing is left behind


def test_without_pandas(lamina, monkeypatch, tmp_path):
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    assert "pip install 'lamina[table]'" in lamina.fails("fit", tmp_path / "t.parquet", "--target", "cultivar")


MESSY = pathlib.Path(__file__).parents[1] / "tables" / "data"


def fitted(lamina, tmp_path, name, target, *options):
    result = lamina("fit", MESSY / f"{name}.csv", "--target", target, "--out", tmp_path, "--force", *QUICK, *options)
    return result.output, json.loads((tmp_path / "metrics.json").read_text())


def test_words_of_a_text_decide(lamina, tmp_path):
    output, metrics = fitted(lamina, tmp_path, "text_decides", "sentiment")
    assert "its words are counted" in output
    assert metrics["test"]["network"]["accuracy"] > 0.9
    reply = lamina("predict", tmp_path / "model.keras", MESSY / "text_decides.csv")
    assert reply.stdout.count("\n") == 221


def test_all_of_many_categories_are_told_apart(lamina, tmp_path):
    _, metrics = fitted(lamina, tmp_path, "many_categories", "y")
    assert metrics["test"]["network"]["R squared"] > 0.95


def test_numbers_with_separators_decide(lamina, tmp_path):
    output, metrics = fitted(lamina, tmp_path, "thousands_us", "y")
    assert "'13,813' as 13813" in output and metrics["test"]["network"]["accuracy"] >= 0.9


def test_the_model_that_validation_prefers_is_written(lamina, tmp_path):
    output, metrics = fitted(lamina, tmp_path, "leak_sum", "bikers")
    assert "'casual' and 'registered' determine the target" in output
    assert metrics["written"] == "linear model" and "Written is the linear model" in output
    layers = {type(layer).__name__ for layer in load_table_model(str(tmp_path / "model.keras")).model.layers}
    assert "Dense" in layers and "EinsumDense" not in layers


def test_repeated_rows_stay_on_one_side(lamina, tmp_path):
    output, metrics = fitted(lamina, tmp_path, "duplicate_rows", "species")
    assert "180 rows are repetitions of others" in output
    assert metrics["test"]["network"]["accuracy"] < 0.7


def test_rows_of_few_values_are_divided_like_all_others(lamina, tmp_path, write_table):
    """As in the lists of the Titanic: a fold that lacks a class of passengers altogether has nothing to learn of it."""
    rng = np.random.default_rng(0)
    columns = {name: rng.choice(levels, 600) for name, levels in (("sex", ["f", "m"]), ("class", ["1", "2", "3"]))}
    lost = rng.random(600) < np.where(columns["sex"] == "m", 0.8, 0.25)
    path = write_table({**columns, "fate": np.where(lost, "lost", "saved")})
    output = lamina("fit", path, "--target", "fate", "--out", tmp_path / "m", "--effort", "quick").stdout
    assert "588 rows are repetitions of others, as happens with so few values" in output
    metrics = json.loads((tmp_path / "m" / "metrics.json").read_text())
    assert metrics["test"][metrics["written"]]["accuracy"] > 0.7


def test_kept_columns_are_copied_as_they_stand(lamina, tmp_path):
    fitted(lamina, tmp_path, "ids", "y", "--hidden", 0)
    reply = lamina("predict", tmp_path / "model.keras", MESSY / "ids.csv", "--keep", "id", "--keep", "group")
    assert [line.split(",")[:2] for line in reply.stdout.splitlines()[:3]] == [
        ["id", "group"],
        ["00000", "2"],
        ["00001", "1"],
    ]


def test_an_encoding_may_be_told(lamina, tmp_path):
    table = tmp_path / "t.csv"
    table.write_bytes((MESSY / "korean_cp949_ascii_header.csv").read_bytes())
    output = lamina("fit", table, "--target", "species", "--hidden", 0, "--out", tmp_path, "--encoding", "cp949").output
    assert "아델리" in output and "Not UTF-8" not in output
    assert "not in the encoding utf-8" in lamina.fails("fit", table, "--target", "species", "--encoding", "utf-8")
