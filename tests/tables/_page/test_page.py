"""The page as a reader of HTML meets it: whole, escaped, alone."""

import html.parser
import re

import numpy as np
import pytest

import lamina
from lamina.tables import TableError, load_table_model

RNG = np.random.default_rng(0)
N = 90
HOSTILE = "<img src=x onerror=alert(1)>"
SIZE = RNG.normal(size=N)
ROWS = {
    "크기": SIZE.round(3).tolist(), HOSTILE: RNG.choice(["</td><script>", "\"'&", "c"], N).tolist(),
    "날짜": [f"2024-0{1 + i % 9}-{1 + i % 27:02}" for i in range(N)],
    "gap": [None if i % 5 == 0 else float(i % 7) for i in range(N)],
    "가격": (3 * SIZE + RNG.normal(size=N)).tolist(),
    "답": np.where(SIZE + RNG.normal(0, 0.5, N) > 0, "예", "<아니오>").tolist(),
    "종류": RNG.permutation([f"{i % 14}번 {HOSTILE}" for i in range(N)]).tolist(),
}  # fmt: skip
TARGETS = ("가격", "답", "종류")


class Page(html.parser.HTMLParser):
    """The elements and texts of a page; fails if one is not closed by its own end."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.texts = [], [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.texts.append(data)


def fitted(target, **options):
    drop = [name for name in TARGETS if name != target]
    return lamina.fit_table(ROWS, target=target, drop=drop, effort="quick", folds=2, epochs=3, verbose=False, **options)


@pytest.fixture(scope="module")
def models():
    return {target: fitted(target) for target in TARGETS}


def page(model, tmp_path, *data):
    model.report(tmp_path / "report.html", *data)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    return text, Page(text)


@pytest.mark.parametrize("target", TARGETS)
def test_it_is_whole_alone_and_escaped(models, tmp_path, target):
    text, found = page(models[target], tmp_path)
    assert len(text.encode()) < 300_000 and text.startswith("<!doctype html>")
    assert not {"script", "img", "link", "iframe", "object"} & set(found.tags)
    assert not {"src", "href", "onerror", "onload"} & {name for name, _ in found.attributes}
    assert not re.search(r"url\(|@import|https?:|nan\b", text)
    assert HOSTILE in found.texts and "크기" in found.texts
    assert "prefers-color-scheme:dark" in text and "width=device-width" in text


@pytest.mark.parametrize(
    ("target", "heads"),
    [
        ("가격", ["Errors", "Predicted and true", "Residuals"]),
        ("답", ["Classes", "Precision and recall", "Probabilities", "Calibration", "ROC curve", "Threshold"]),
        ("종류", ["Classes", "Precision and recall", "Probabilities", "Calibration"]),
    ],
)
def test_what_it_tells(models, tmp_path, target, heads):
    _, found = page(models[target], tmp_path)
    common = ["The table", "The choice", "Training", "Columns", "Importance", "Rows predicted worst", "Once more"]
    for head in common + heads:
        assert head in found.texts, head
    said = " ".join(found.texts)
    assert f"target='{target}'" in said and models[target].summary["result"] in said
    for caution in models[target].summary["cautions"]:
        assert caution in said
    if target != "답":
        assert "ROC curve" not in said


def test_the_worst_rows_are_those_of_the_largest_errors(models, tmp_path):
    model = models["가격"]
    text, _ = page(model, tmp_path)
    worst = re.findall(r'<tr><td class="n">(\d+)</td>', text[text.index("Rows predicted worst") :])
    order = np.concatenate([one.test.table.row_numbers for one in model.result.rounds])
    errors = np.abs(model.result.truth - model.result.outputs)[:, 0]
    assert len(worst) == 10
    assert worst == [str(order[i]) for i in np.argsort(-errors, kind="stable")[:10]]


def test_on_rows_that_are_new(models, tmp_path):
    model = models["답"]
    model.save(tmp_path / "m.keras")
    loaded = load_table_model(tmp_path / "m.keras")
    some = {name: values[:40] for name, values in ROWS.items()}
    _, found = page(loaded, tmp_path, some)
    said = " ".join(found.texts)
    assert "of the 40 rows of the frame that have '답'" in said and "Training" in found.texts
    assert f"{loaded.evaluate(some)['accuracy']:.4g}" in found.texts
    with pytest.raises(TableError, match="give `data`"):
        loaded.report(tmp_path / "r.html")


def test_without_a_network_and_with_one_split(tmp_path):
    model = lamina.fit_table(ROWS, target="가격", hidden=(), test_size=0.3, verbose=False)
    _, found = page(model, tmp_path)
    assert "Training" not in found.texts and any("Of the 27 test rows" in text for text in found.texts)


def test_a_test_table_without_a_column_that_is_left_out(tmp_path):
    rows = {**ROWS, "id": list(range(N))}
    some = {name: values[:30] for name, values in ROWS.items()}
    model = lamina.fit_table(rows, target="가격", hidden=(), test=some, verbose=False)
    _, found = page(model, tmp_path)
    assert any("Of the 30 test rows" in text for text in found.texts)


def test_nothing_is_half_written(models, tmp_path):
    with pytest.raises(OSError, match="no-folder"):
        models["답"].report(tmp_path / "no-folder" / "r.html")
