"""The path from one neuron to a transformer: each chapter has pictures made by its code, and exercises that are checked."""

import itertools
import pathlib
import re
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
from make_page_pictures import illustrated, sources, stale  # noqa: E402
from refresh_docs import blocks  # noqa: E402


def chapters():
    return [page for page in illustrated() if page.parent.name == "path"]


CHAPTERS = pytest.mark.parametrize("page", chapters(), ids=lambda page: page.stem)
_SOLUTION = re.compile(r'<details markdown="1"><summary>Solution</summary>\n(.*?)</details>', re.S)


def test_no_picture_is_of_other_code_than_the_page_shows():
    assert not stale(), "run scripts/make_page_pictures.py"


@CHAPTERS
def test_a_chapter_has_pictures(page):
    assert sources(page)
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.picture is not None:
            assert (page.parent / block.picture).read_bytes()[:4] == b"\x89PNG"


@CHAPTERS
def test_every_solution_is_put_to_a_check_that_asserts(page):
    text = page.read_text(encoding="utf-8")
    checks = {
        match[1]: match[2] for block in blocks(text) for match in re.finditer(r"def (check_\w+)(.*)", block.code, re.S)
    }
    assert checks and all("assert " in body for body in checks.values())
    solutions = _SOLUTION.findall(text)
    exercises = re.findall(r"^\*\*\d\.\*\*", text, re.M)
    assert len(solutions) == len(exercises) >= 2
    for solution in solutions:
        called = {name for block in blocks(solution) for name in re.findall(r"check_\w+", block.code)}
        assert called and called <= set(checks)
        checked = [text for text in re.findall(r"```text\n(.*?)```", solution, re.S) if "right" in text]
        assert checked, "the solution prints what its check says"


def test_each_chapter_leads_to_the_next():
    pages = chapters()
    assert [int(page.name[:2]) for page in pages] == list(range(1, len(pages) + 1))
    for page, following in itertools.pairwise(pages):
        assert page.read_text(encoding="utf-8").rstrip().endswith(f"({following.name}).")


@CHAPTERS
def test_a_chapter_is_there_in_korean(page):
    translation = page.with_name(page.name.replace(".md", ".ko.md"))
    assert re.search(r"[가-힣]", translation.read_text(encoding="utf-8"))
    assert f"({translation.name})" in page.read_text(encoding="utf-8")
