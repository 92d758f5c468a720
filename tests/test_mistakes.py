"""What typical mistakes are answered, and the page that lists them."""

import importlib
import pathlib
import re
import sys

import pytest

import lamina
from lamina._elsewhere import ADVICE
from lamina._names import NAMES

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import mistakes  # noqa: E402

ALL = [one for found in mistakes.MISTAKES.values() for one in found]


@pytest.mark.native_only("the words are those of the default engine")
@pytest.mark.parametrize("mistake", ALL, ids=lambda one: one.program[:60])
def test_the_answer_says_what_was_got_and_what_to_do(mistake, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = mistakes.answer(mistake)
    assert [word for word in mistake.words if word not in said] == [], said


def test_there_are_sixty_and_more():
    assert len({one.program for one in ALL}) >= 60


@pytest.mark.native_only("the words are those of the default engine")
def test_the_page_is_current(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    script = importlib.import_module("make_errors_page")
    page = script.PAGE.read_text()
    assert page == script.render(page), "run python scripts/make_errors_page.py"


@pytest.mark.parametrize("path", ADVICE)
def test_advice_is_on_names_that_are_not_there_and_leads_to_some_that_are(path):
    namespace, _, name = path.rpartition(".")
    assert name not in NAMES.get(namespace, ())
    for known in re.findall(r"lamina(?:\.\w+)+", ADVICE[path]):
        thing = lamina
        for part in known.split(".")[1:]:
            thing = getattr(thing, part)
