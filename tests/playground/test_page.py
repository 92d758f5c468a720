"""The page's parts: both languages say everything, and nothing is fetched from elsewhere."""

import json
import re

import pytest

from lamina.diagnosis._judge import RULES
from lamina.playground._page import FRONT, front, live_page, recorded_page, strings

SCRIPTS = sorted(path.name for path in FRONT.glob("*.js"))
KEYS = strings()["en"]
# Names that are the same in both languages.
SAME = re.compile(r"(data|activation|optimizer|penalty)\.\w+")


def holes(text):
    return sorted(re.findall(r"\{\w+\}", text))


def test_both_languages_have_the_same_keys_and_holes():
    both = strings()
    assert list(both["en"]) == list(both["ko"])
    assert [holes(text) for text in both["en"].values()] == [holes(text) for text in both["ko"].values()]


@pytest.mark.parametrize("key", KEYS)
def test_korean_is_korean_and_english_is_not(key):
    both = strings()
    assert not re.search("[가-힣]", both["en"][key])
    assert re.search("[가-힣]", both["ko"][key]) or (SAME.fullmatch(key) and both["ko"][key] == both["en"][key])


def test_every_string_that_the_page_names_is_there_and_every_string_is_named():
    html, script = front("index.html"), "".join(map(front, SCRIPTS))
    python = "".join(path.read_text() for path in FRONT.parent.glob("*.py"))
    used = set(re.findall(r'data-t(?:-label)?="([^"]+)"', html))
    used |= set(re.findall(r'\bt\((?:[^()"]*\? )?"([^"]+)"', script)) | set(
        re.findall(r'"((?:note|unfit)\.\w+)"', python)
    )
    assert used <= KEYS.keys()
    literals = set(re.findall(r'"([\w.-]+)"', script)) | used
    made = re.compile(r"(data|activation|optimizer|penalty|rule|severity|figure\.\w+|neuron)\..+")
    assert {key for key in KEYS if key not in literals and not made.fullmatch(key)} == set()


def test_findings_are_told_by_the_rules_own_ids():
    told = {key.removeprefix("rule.") for key in KEYS if key.startswith("rule.")} - {"other"}
    assert told <= {rule.id for rule in RULES}


def test_names_of_all_modules_differ_since_a_recording_joins_them():
    names = [
        n
        for s in SCRIPTS
        for n in re.findall(r"^(?:export )?(?:async )?(?:const|let|function|class) (\w+)", front(s), re.M)
    ]
    pairs = [n for s in SCRIPTS for n in re.findall(r"^const [^=]*= [^;\n]*, (\w+) = ", front(s), re.M)]
    twice = {name for name in names + pairs if (names + pairs).count(name) > 1}
    assert not twice


@pytest.mark.parametrize("page", ["live", "recorded"])
def test_nothing_comes_from_elsewhere(page):
    text = live_page(False) if page == "live" else recorded_page({"frames": []})
    text += "".join(map(front, [*SCRIPTS, "style.css"]))
    assert not re.search(r"""(src|href)=["']?(https?:)?//|url\((?!["']?data:)|@import|fetch\(["']http""", text)
    assert "<!--" not in text.replace("<!doctype html>", "")


def test_a_recording_stands_alone_and_its_texts_cannot_leave_it():
    page = recorded_page({"name": "</script><b>"})
    assert "static/" not in page and "import {" not in page and not re.search("^export ", page, re.M)
    data = re.search(r'<script type="application/json" id="given">(.*?)</script>', page, re.S)[1]
    assert json.loads(data)["recording"] == {"name": "</script><b>"}
    assert all(f"// {name}\n" in page for name in SCRIPTS)
