import re

from lamina.export._numpy._sources import Sources

STEP = 3
PATTERN = re.compile(r"a+\d" + "b" * 300)
PATTERNS = [re.compile("c" * 300, re.IGNORECASE), re.compile("d")]


def inner(x: int) -> int:
    return x + STEP


def outer(x: int, *more: int) -> list[int]:
    def nested(y: int) -> int:
        return inner(y)

    return [nested(x), len(PATTERN.findall("a1" + "b" * 300)), sum(bool(p.match("C" * 300)) for p in PATTERNS), *more]


def test_what_a_function_needs_comes_with_it_and_runs_alone():
    found = Sources([outer])
    assert found.modules == {"re"} and ": int" not in found.text
    scope = {"re": re}
    exec(found.text, scope)
    assert scope["outer"](4, 5) == outer(4, 5) == [7, 1, 1, 5]


def test_what_is_there_is_not_written():
    assert "def inner" not in Sources([outer], ["inner"]).text
