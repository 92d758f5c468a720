"""The notebooks run and show what they promise; their translations are the same programs with other words."""

import pathlib
import re

import pytest

NOTEBOOKS = pathlib.Path(__file__).parents[1] / "notebooks"
ENGLISH = sorted(path for path in NOTEBOOKS.glob("*.py") if not path.name.endswith(".ko.py"))
ALL = sorted(NOTEBOOKS.glob("*.py"))
SUBJECTS = {
    "neuron", "gates", "activations", "mnist", "cereals", "convolution", "lstm", "ctc", "overfitting", "vanishing-gradients",
}  # fmt: skip


def cells(path):
    """Of each cell, after the form py:percent: whether it is text, and what stands in it."""
    parts = re.split(r"(?m)^(# %%.*)\n", path.read_text(encoding="utf-8"))
    assert not parts[0], f"{path.name} begins before its first cell"
    return [("[markdown]" in head, body.strip()) for head, body in zip(parts[1::2], parts[2::2])]


def name(path):
    return path.name.removesuffix(".py")


def test_there_is_one_for_each_subject_in_both_languages():
    assert {name(path).partition("-")[2] for path in ENGLISH} == SUBJECTS
    assert {name(path) for path in ALL} == {f"{name(path)}{end}" for path in ENGLISH for end in ("", ".ko")}


@pytest.mark.parametrize("path", ENGLISH, ids=name)
def test_a_translation_has_the_very_same_code(path):
    ours, theirs = cells(path), cells(path.with_suffix(".ko.py"))
    assert [is_text for is_text, _ in ours] == [is_text for is_text, _ in theirs]
    for (is_text, body), (_, other) in zip(ours, theirs):
        if not is_text:
            assert body == other
            continue
        body, other = (text.replace(".ko.", ".") for text in (body, other))
        for part in (r"^# #+ ", r"^# - ", r"\]\(([^)]+)\)"):
            assert re.findall(part, body, re.M) == re.findall(part, other, re.M)


@pytest.mark.parametrize("path", ALL, ids=name)
def test_links_lead_somewhere(path):
    text = "\n".join(body for is_text, body in cells(path) if is_text)
    targets = re.findall(r"\]\(([^)]+)\)", text)
    assert targets
    for target in targets:
        assert (NOTEBOOKS / target).exists(), f"{path.name} links to {target}, which is not there"
        assert (".ko." in path.name) == (".ko." in target) or target in (
            f"{name(path)}.ko.py",
            path.name.replace(".ko.", "."),
        )


@pytest.mark.parametrize("path", ENGLISH, ids=name)
@pytest.mark.filterwarnings("default")  # those of Jupyter
def test_a_notebook_runs_and_shows_pictures_and_what_objects_are(path, monkeypatch):
    jupytext, nbclient = pytest.importorskip("jupytext"), pytest.importorskip("nbclient")
    for needed in ("ipykernel", "matplotlib"):
        pytest.importorskip(needed)
    for variable in ("MPLBACKEND", "MNIST", "CEREALS"):  # drawn in the page, with the data made in the notebook
        monkeypatch.delenv(variable, raising=False)
    notebook = jupytext.read(path)
    assert [cell.cell_type == "markdown" for cell in notebook.cells] == [is_text for is_text, _ in cells(path)]
    where = {"metadata": {"path": str(NOTEBOOKS)}}
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources=where).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    shown = {kind for output in outputs if "data" in output for kind in output.data}
    assert {"image/png", "text/html"} <= shown
    told = "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stderr")
    assert "Warning" not in told
