"""The form of a service, in a headless Chromium."""

import json

import pytest

from ..conftest import until
from .conftest import Running


@pytest.fixture
def guarded(network):
    running = Running(network, token="secret")
    yield running
    running.stop()


def answered(page, words):
    page.click("button")
    until(page, f"document.getElementById('answer').textContent.includes({json.dumps(words)})")
    return page.inner_text("#answer")


def test_the_form_sends_rows_and_shows_the_answer(visit, service):
    page = visit(f"http://127.0.0.1:{service.port}/")
    assert json.loads(page.input_value("#rows")) == {"inputs": {"x": [[0, 0, 0]]}}
    page.fill("#rows", '{"inputs": [[1, 2, 3]]}')
    assert json.loads(answered(page, "predictions"))["predictions"] == [[16.0, 22.0]]
    assert page.get_attribute("#answer", "aria-live") == "polite"


def test_the_form_shows_what_is_wrong_with_the_rows(visit, service):
    page = visit(f"http://127.0.0.1:{service.port}/")
    page.fill("#rows", '{"inputs": [[1, 2]]}')
    assert "(None, 3)" in answered(page, "must have the shape")
    visit.errors.clear()  # the browser's own word on 422


def test_the_form_asks_for_the_token(visit, guarded):
    page = visit(f"http://127.0.0.1:{guarded.port}/")
    answered(page, "token")
    page.fill("#token", "secret")
    assert "predictions" in answered(page, "predictions")
    visit.errors.clear()  # of 401


@pytest.mark.parametrize("width", [375, 1280])
def test_the_form_fits_the_screen(visit, service, width):
    page = visit(f"http://127.0.0.1:{service.port}/", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.focus("#rows")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, "document.getElementById('answer').textContent.includes('predictions')")
