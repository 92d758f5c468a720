"""The code in the documentation runs, and prints what stands under it."""

import importlib.util
import pathlib
import re
import sys
import types
import warnings

import pytest

ROOT = pathlib.Path(__file__).parent.parent
_spec = importlib.util.spec_from_file_location("refresh_docs", ROOT / "scripts" / "refresh_docs.py")
refresh_docs = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(refresh_docs)

ALL = [*sorted((ROOT / "docs").rglob("*.md")), *(p for p in [ROOT / "README.md", ROOT / "README.ko.md"] if p.exists())]


def page_id(path):
    return str(path.relative_to(ROOT))


@pytest.mark.filterwarnings("ignore:The functions of keras.backend:DeprecationWarning")  # docs/compat.md is about them
@pytest.mark.parametrize("page", refresh_docs.pages(), ids=page_id)
def test_page_runs_and_prints_what_it_shows(page, tmp_path, monkeypatch):
    if page.name == "integrations.md":  # packages that are not ours warn of each other's changes
        for kind in (DeprecationWarning, PendingDeprecationWarning, FutureWarning, ImportWarning):
            warnings.simplefilter("ignore", kind)
        monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])  # wandb leaves a finder of the old kind there
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    lines = page.read_text().split("\n")
    for block, printed in refresh_docs.run_page(page):
        if block.output is not None:
            shown = "\n".join(lines[slice(*block.output)])
            assert refresh_docs.normal(printed) == refresh_docs.normal(shown), (
                f"{page_id(page)}:{block.line} prints something else than the page shows; see scripts/refresh_docs.py"
            )


@pytest.mark.parametrize("page", ALL, ids=page_id)
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{page_id(page)} links to {target}, which is not there"


def test_every_page_is_in_the_navigation():
    nav = (ROOT / "mkdocs.yml").read_text()
    missing = [page_id(p) for p in (ROOT / "docs").rglob("*.md") if f": {p.relative_to(ROOT / 'docs')}\n" not in nav]
    assert not missing, f"mkdocs.yml does not list {missing}"


def test_a_page_that_fails_is_named_with_its_line(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n```python\na = 1\n```\n\n```python\nprint(a)\n1 / 0\n```\n")
    monkeypatch.setattr(refresh_docs, "ROOT", tmp_path)
    with pytest.raises(ZeroDivisionError) as caught:
        list(refresh_docs.run_page(page))
    assert caught.value.__notes__ == ["in the block at page.md:8"]
    assert caught.traceback[-1].lineno == 8  # counted from 0


def test_a_wrong_output_is_noticed(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n")
    monkeypatch.setattr(refresh_docs, "ROOT", tmp_path)
    assert [printed for _, printed in refresh_docs.run_page(page)] == ["2\n"]
    assert refresh_docs.refresh(page)
    assert page.read_text() == "```python\nprint(1 + 1)\n```\n\n```text\n2\n```\n"
    assert not refresh_docs.refresh(page)


def test_blocks_and_their_outputs_are_found():
    text = "```python\nprint(1)\n```\n\n```text\n1\n```\n\n```python\nx = 2\n```\nwords\n```text\nnot an output\n```"
    first, second = refresh_docs.blocks(text)
    assert (first.code, first.line, first.output) == ("print(1)", 2, (5, 6))
    assert (second.code, second.output) == ("x = 2", None)


def test_a_translation_takes_the_outputs_of_its_original(tmp_path):
    page, translation = tmp_path / "page.md", tmp_path / "page.ko.md"
    text = "```python\na = 1\n```\n{}\n```python\nprint(a)\n```\n\n```text\n{}\n```\n"
    page.write_text(text.format("words", "1\n2"))
    translation.write_text(text.format("낱말", "3"))
    assert refresh_docs.take_outputs(translation, page)
    assert translation.read_text() == text.format("낱말", "1\n2")
    assert not refresh_docs.take_outputs(translation, page)


def test_a_block_with_a_picture_under_it_draws_and_another_of_its_kind_is_no_block():
    text = "```py\nfigure = 1\n```\n\n![a picture](images/a.png)\n\n```py\n1 / 0\n```\n\nwords"
    assert [(block.code, block.picture) for block in refresh_docs.blocks(text)] == [("figure = 1", "images/a.png")]


def test_a_block_runs_only_where_the_packages_that_it_needs_are(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- needs: no_such_package, numpy -->\n```python\n1 / 0\n```\n\n<!-- needs: numpy -->\n```python\nprint(2)\n```\n"
    )
    monkeypatch.setattr(refresh_docs, "ROOT", tmp_path)
    assert [block.needs for block in refresh_docs.blocks(page.read_text())] == [
        ("no_such_package", "numpy"),
        ("numpy",),
    ]
    assert [printed for _, printed in refresh_docs.run_page(page)] == ["2\n"]


def test_a_package_that_stands_in_for_itself_is_there(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "lazy_package", types.ModuleType("lazy_package"))  # its __spec__ is None
    page = tmp_path / "page.md"
    page.write_text("<!-- needs: lazy_package -->\n```python\nprint(2)\n```\n")
    monkeypatch.setattr(refresh_docs, "ROOT", tmp_path)
    assert [printed for _, printed in refresh_docs.run_page(page)] == ["2\n"]
