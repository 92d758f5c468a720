"""A translation says which text it is of: it is stale as soon as that changes."""

import pathlib
import re
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
from mark_translations import mark, original_of, pages, place  # noqa: E402


def blocks(text, language):
    return [re.sub(r"  #.*", "", code) for code in re.findall(rf"```{language}\n(.*?)```", text, re.S)]


def test_what_is_translated():
    assert {ROOT / "README.ko.md", *(ROOT / "docs" / name for name in ("index.ko.md", "getting-started.ko.md"))} <= set(
        pages()
    )
    korean = {*ROOT.glob("*.ko.md"), *(ROOT / "docs").rglob("*.ko.md"), *(ROOT / "notebooks").glob("*.ko.py")}
    assert {path.name for path in korean - set(pages())} == {"glossary.ko.md"}  # of Korean words: it has no original


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_a_translation_is_of_the_present_text(page):
    assert page.read_text(encoding="utf-8").split("\n")[place(page)] == mark(page), (
        f"{original_of(page).name} has changed: bring {page.name} up to date, then mark_translations.py"
    )


@pytest.mark.parametrize("page", [page for page in pages() if page.suffix == ".md"], ids=lambda page: page.name)
def test_code_links_and_headings_are_those_of_the_original(page):
    ours, theirs = (path.read_text(encoding="utf-8") for path in (page, original_of(page)))
    ours, theirs = (
        ours.replace(".ko.md)", ".md)"),
        theirs.replace(".ko.md)", ".md)"),
    )  # a language links to its own pages
    for language in ("sh", "python", "py", "text", "console"):
        assert blocks(ours, language) == blocks(theirs, language)
    # A picture with words in it may be another one.
    ours, theirs = (re.sub(r"images/(\w+)_ko\.png", r"images/\1.png", text) for text in (ours, theirs))
    links, headings = r"\]\((?!README)([^)]+)\)", r"^#+ "  # but for those to each other
    assert sorted(re.findall(links, ours)) == sorted(re.findall(links, theirs))
    assert re.findall(headings, ours, re.M) == re.findall(headings, theirs, re.M)
