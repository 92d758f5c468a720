"""The playground over HTTP: what it answers, and what it refuses."""

import re

import pytest

from .conftest import unpacked


def begin(playground, **plan):
    status, reply = playground.json("lessons", {"plan": plan})
    assert status == 200, reply
    return reply


def test_the_page_and_all_its_parts_come(playground):
    status, headers, page = playground.ask("")
    assert status == 200
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    parts = {"style.css", "main.js"}
    seen = set()
    while parts - seen:
        name = (parts - seen).pop()
        seen.add(name)
        status, headers, body = playground.ask(f"static/{name}")
        assert status == 200, name
        assert headers["Content-Type"].startswith("text/css" if name.endswith("css") else "text/javascript")
        parts |= set(re.findall(r'from "\./([\w.]+)"', body.decode()))
    assert len(seen) > 10
    assert b"static/main.js" in page


@pytest.mark.parametrize("path", ["static/index.html", "static/..%2f_app.py", "static/strings.en.json", "static/no.js"])
def test_nothing_else_comes(playground, path):
    assert playground.ask(path)[0] == 404


def test_a_lesson_goes_on_where_it_was(playground):
    reply = begin(playground, data="xor", layers=[3])
    assert len(unpacked(reply["frames"][0]["weights"])) == 2 * 3 + 3 + 3 + 1
    assert len(unpacked(reply["material"]["x"])) == 2 * reply["material"]["points"]
    first = playground.json(f"lessons/{reply['id']}/frames", {"count": 3, "updates": 2})[1]["frames"]
    then = playground.json(f"lessons/{reply['id']}/frames", {"count": 1, "updates": 5})[1]["frames"]
    assert [f["updates"] for f in first + then] == [2, 4, 6, 11]
    assert playground.json(f"lessons/{reply['id']}/findings", {})[0] == 200
    again = begin(playground, data="xor", layers=[3])
    assert again["frames"] == reply["frames"] and again["id"] != reply["id"]


@pytest.mark.parametrize(
    "path, document, status, words",
    [
        ("lessons", {"plan": {"data": "cats"}}, 422, "data must be"),
        ("lessons", [], 422, "Expected"),
        ("lessons", b"{", 422, "JSON"),
        ("lessons", {"plan": {"data": "csv"}}, 422, "choose a CSV"),
        ("lessons", {"plan": {"data": "csv"}, "csv": 3}, 422, "csv must be"),
        ("lessons/none/frames", {}, 404, "forgotten"),
        ("lessons/none/findings", {}, 404, "forgotten"),
    ],
)
def test_refusals_say_why(playground, path, document, status, words):
    got, reply = playground.json(path, document)
    assert got == status
    assert words in reply["error"]


@pytest.mark.parametrize(
    "document", [{"count": 0}, {"count": 201}, {"updates": "3"}, {"count": 200, "updates": 50_000}, []]
)
def test_more_than_can_be_made_at_once_is_refused(playground, document):
    lesson = begin(playground)["id"]
    assert playground.json(f"lessons/{lesson}/frames", document)[0] == 422


def test_pages_from_elsewhere_are_refused(playground):
    assert playground.json("lessons", b"{}", **{"Content-Type": "text/plain"})[0] == 415
    assert playground.ask("", None, Host="evil.example")[0] == 400


def test_a_table_is_read_and_one_that_does_not_fit_has_a_key(playground):
    rows = "\n".join(f"{i},{i * i}" for i in range(20))
    status, reply = playground.json("lessons", {"plan": {"data": "csv"}, "csv": f"a,b\n{rows}", "name": "my.csv"})
    assert status == 200
    assert reply["columns"] == ["a", "b"] and "read_csv('my.csv')" in reply["program"]
    status, reply = playground.json("lessons", {"plan": {"data": "csv"}, "csv": "a\n1\n"})
    assert (status, reply["key"]) == (422, "unfit.small")


def test_the_oldest_lessons_are_forgotten(playground):
    first = begin(playground, layers=[1])["id"]
    for seed in range(32):
        begin(playground, layers=[1], seed=seed)
    assert playground.json(f"lessons/{first}/frames", {})[0] == 404
