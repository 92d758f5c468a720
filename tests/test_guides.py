"""The how-to guides and the pages for those who come from elsewhere: short, run by the tests, and there in Korean."""

import pathlib
import re
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
from refresh_docs import blocks  # noqa: E402

DOCS = ROOT / "docs"
PAGES = [
    page
    for page in [*sorted((DOCS / "guides").glob("*.md")), *sorted(DOCS.glob("coming-from-*.md"))]
    if not page.name.endswith(".ko.md")
]
GUIDES = pytest.mark.parametrize("page", [p for p in PAGES if p.parent.name == "guides"], ids=lambda page: page.stem)


@GUIDES
def test_a_guide_is_short_and_shows_what_its_code_gives(page):
    text = page.read_text(encoding="utf-8")
    assert 60 <= text.count("\n") <= 150
    assert any(block.output for block in blocks(text))


@GUIDES
def test_what_is_not_run_says_so(page):
    """Of blocks that look like Python: those of the tests, and those with a word on why they are not run."""
    text = page.read_text(encoding="utf-8")
    run = {block.code for block in blocks(text)}
    outputs = {"\n".join(text.split("\n")[slice(*block.output)]) for block in blocks(text) if block.output is not None}
    for language, code in re.findall(r"^```(\w*)\n(.*?)\n```$", text, re.S | re.M):
        assert language in ("python", "py", "text", "console"), f"a block of {language!r}"
        if language != "console":
            assert code in run | outputs or "not run" in code, code


@pytest.mark.parametrize("page", [p for p in PAGES if p.name != "coming-from-keras.md"], ids=lambda page: page.stem)
def test_a_page_is_there_in_korean(page):
    translation = page.with_name(page.name.replace(".md", ".ko.md"))
    korean = translation.read_text(encoding="utf-8")
    assert f"({translation.name})" in page.read_text(encoding="utf-8") and f"({page.name})" in korean
    prose = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)|<!--.*?-->", " ", korean, flags=re.S)
    english = [
        line
        for line in prose.split("\n")
        if len(re.findall(r"[A-Za-z]{2,}", line)) > 6 and not re.search("[가-힣]", line)
    ]
    assert re.search(r"[가-힣]", prose) and not english, f"not translated: {english}"
