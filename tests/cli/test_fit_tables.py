"""Tables of several files, and tables on the web, through the commands."""

import io
import json
import shlex

import pytest

pandas = pytest.importorskip("pandas")
pytest.importorskip("matplotlib")

LINEAR = ("--hidden", "0", "--folds", "2")


@pytest.fixture
def halves(write_table, people):
    """Two files that hold the rows of `people`."""
    del people["dear"], people["band"]
    return [
        str(write_table({name: values[rows] for name, values in people.items()}, f"{rows.start}.csv"))
        for rows in (slice(0, 70), slice(70, 120))
    ]


def test_several_files_give_the_model_of_one(lamina, tmp_path, write_table, people, halves):
    whole = write_table(people)
    text = lamina("fit", *halves, "--target", "cost", "--out", tmp_path / "two", *LINEAR).stdout
    lamina("fit", whole, "--target", "cost", "--out", tmp_path / "one", *LINEAR)
    two, one = (json.loads((tmp_path / name / "metrics.json").read_text()) for name in ("two", "one"))
    assert two["test"] == one["test"] and two["rows_read"] == 120 and two["table"] == f"{halves[0]} and 1 more"
    assert "rows 1 to 70 are of 0.csv, 71 to 120 are of 70.csv" in text
    assert shlex.split(two["command"])[:4] == ["lamina", "fit", *halves]
    (following,) = (line for line in text.splitlines() if line.startswith("Next: "))
    assert shlex.split(following)[3:6] == [str(tmp_path / "two" / "model.keras"), *halves]


def test_the_run_file_names_all_files(lamina, tmp_path, halves):
    lamina("fit", *halves, "--target", "cost", "--out", tmp_path / "out", *LINEAR)
    first = (tmp_path / "out" / "metrics.json").read_text()
    lamina("fit", tmp_path / "out" / "run.toml", "--force", "--quiet")
    assert (tmp_path / "out" / "metrics.json").read_text() == first
    assert "give it alone" in lamina.fails("fit", halves[0], tmp_path / "out" / "run.toml", "--target", "cost")


def test_the_folder_is_called_after_the_first(lamina, tmp_path, monkeypatch, halves, web):
    monkeypatch.chdir(tmp_path)
    lamina("fit", *halves, "--target", "cost", *LINEAR)
    lamina("fit", f"{web}/70.csv?version=3", "--target", "cost", *LINEAR)
    assert (tmp_path / "0-model" / "model.keras").exists() and (tmp_path / "70-model" / "model.keras").exists()


def test_files_that_do_not_agree(lamina, tmp_path, write_table, halves):
    odd = write_table({"row": [1], "age": [30], "cost": [100]}, "odd.csv")
    said = lamina.fails("fit", *halves, odd, "--target", "cost", "--out", tmp_path / "out")
    assert f"{odd}: lacks the columns 'city', 'size', 'income'" in said and halves[0] in said


def test_from_the_web_to_predictions(lamina, tmp_path, halves, web):
    urls = [f"{web}/0.csv", f"{web}/70.csv"]
    lamina("fit", urls[0], "--target", "cost", "--test", urls[1], "--hidden", "0", "--out", tmp_path / "out")
    assert json.loads((tmp_path / "out" / "metrics.json").read_text())["rows"]["test"] == 50
    model = tmp_path / "out" / "model.keras"
    screen = lamina("predict", model, *urls, "--keep", "row").stdout
    answers = pandas.read_csv(io.StringIO(screen))
    assert answers["row"].tolist() == list(range(1, 121)) and answers["predicted_cost"].notna().all()
    figures = json.loads(lamina("evaluate", model, *urls, "--json").stdout)
    assert figures["rows"] == 120 and figures["metrics"]["R squared"] > 0.9
    assert json.loads(lamina("explain", model, *urls, "--json").stdout)["rows"] == 120
    lamina("report", model, *urls, "-o", tmp_path / "new.html")
    assert "120 rows" in (tmp_path / "new.html").read_text()
    assert "HTTP Error 404" in lamina.fails("predict", model, f"{web}/none.csv")
