"""The Korean pages use the terms of docs/glossary.ko.md, and none that it rules out."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parents[1]
GLOSSARY = ROOT / "docs" / "glossary.ko.md"
LIKE_THEIR_ORIGINAL = (ROOT / "docs" / "path", ROOT / "docs" / "guides", ROOT / "notebooks")
KOREAN = [*ROOT.glob("*.ko.md"), *(ROOT / "docs").rglob("*.ko.md"), *(ROOT / "notebooks").glob("*.ko.py")]
PAGES = sorted(p for p in KOREAN if p != GLOSSARY)


def terms():
    """Of each row: English, Korean, what is not used."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", GLOSSARY.read_text(encoding="utf-8"), re.M)[2:]
    return [(english, korean, others.split(", ")) for english, korean, others in rows]


def prose(page):
    """The text without code and targets of links, on one line."""
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".py":  # a notebook: its cells of text
        text = "\n".join(re.findall(r"^# %% \[markdown\]\n((?:#.*\n)*)", text, re.M)).replace("\n#", "\n")
    text = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", " ", text, flags=re.S)
    return re.sub(r"\s+", " ", text)


def test_there_are_terms_and_no_word_is_both_used_and_ruled_out():
    used = [korean for _, korean, _ in terms()]
    assert len(used) == len(set(used)) > 20
    assert not {word for _, _, others in terms() for word in others} & set(used)


@pytest.mark.parametrize("korean", [korean for _, korean, _ in terms()])
def test_a_term_is_used(korean):
    assert any(korean in prose(page) for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_uses_no_word_that_is_ruled_out(page):
    text = prose(page)
    for english, korean, others in terms():
        found = [word for word in others if word in text]
        assert not found, f"{page.name} says {found} for {english}; the glossary has {korean}"


@pytest.mark.parametrize("page", [p for p in PAGES if p.parent in LIKE_THEIR_ORIGINAL], ids=lambda page: page.name)
def test_a_chapter_guide_or_notebook_uses_the_term_where_its_original_does(page):
    original, text = prose(page.with_name(page.name.replace(".ko.", "."))).lower(), prose(page)
    for english, korean, _ in sorted(terms(), key=lambda row: -len(row[0])):  # "hidden layer" before "layer"
        original, count = re.subn(rf"\b{english}s?\b", " ", original)
        assert korean in text or not count, f"{page.name} does not say {korean}, its original says {english}"
