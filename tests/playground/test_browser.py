"""The page in a headless Chromium: what people do with it."""

import json

import numpy as np
import pytest

import lamina
from lamina.playground._lesson import Lesson
from lamina.playground._material import made_material
from lamina.playground._page import strings
from lamina.playground._plan import Plan, plan_of
from lamina.playground._recording import write_recording

from ..conftest import until

NOW = "playground.lesson.now.frame"


@pytest.fixture
def at(playground, visit):
    """Opens the page with a link, when it is ready."""

    def open_page(link="", **options):
        page = visit(f"{playground.url}#{link}", **options)
        page.wait_for_selector("html[data-ready]")
        return page

    return open_page


def plan_in(page):
    return page.evaluate("playground.lesson.plan")


def changed(page, act):
    """The plan after something was done that begins a new training."""
    before = page.evaluate("playground.lesson.id")
    act()
    until(page, f"playground.lesson.id !== {json.dumps(before)}")
    return plan_in(page)


# --- learning ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "link",
    ["data=xor&layers=4", "data=circles&layers=4,2", "data=spirals&layers=8,8,8&seed=2"],
    ids=lambda v: v.split("&")[0],
)
def test_a_network_learns_before_ones_eyes(at, link):
    page = at(f"{link}&speed=fast&lang=en")
    page.click("#play")
    until(page, f"{NOW}.train.accuracy > 0.95 && {NOW}.test.accuracy > 0.9", timeout_s=60)
    page.click("#play")
    until(page, "document.getElementById('status').textContent.includes('loss')")
    shown = page.inner_text("#figures")
    assert "accuracy" in shown and int(page.get_attribute("#time", "max")) > 10


@pytest.mark.parametrize("data", ["and", "or", "xor", "circles", "moons", "spirals", "line", "digits"])
def test_each_data_set_can_be_chosen_and_trains(at, data):
    page = at("data=and" if data != "and" else "data=or")
    assert changed(page, lambda: page.locator(f"#data-{data}").check())["data"] == data
    first = page.evaluate(f"{NOW}.train.loss")
    page.click("#play")
    until(page, f"{NOW}.epoch > 12", timeout_s=30)
    page.click("#play")
    assert page.evaluate(f"{NOW}.train.loss") < first
    assert page.evaluate("document.querySelectorAll('.node').length") >= 2


def test_a_file_is_taken_as_data(at):
    page = at("lang=ko")
    page.locator("#data-csv").check()
    assert page.is_visible("#table")
    rows = "\n".join(f"{i},{i % 7},{'yes' if i % 7 > 3 else 'no'}" for i in range(60))
    plan = changed(page, lambda: upload(page, f"size,days,late\n{rows}"))
    assert plan["data"] == "csv"
    assert page.locator("#target option").all_inner_texts() == ["size", "days", "late"]
    assert "late" in page.inner_text("#notes") and "read_csv('my.csv')" in page.inner_text("#program")
    assert changed(page, lambda: page.select_option("#target", "size"))["target"] == "size"
    assert page.evaluate("playground.lesson.material.kind") == "number"


def test_a_file_that_is_no_table_says_why_in_the_language_of_the_page(at, visit):
    page = at("lang=ko")
    page.locator("#data-csv").check()
    upload(page, "a\n1\n")
    page.wait_for_selector("#trouble:not([hidden])")
    assert "열 1개, 행 1개" in page.inner_text("#trouble")
    assert [e for e in visit.errors if "422" not in e] == []
    visit.errors.clear()  # the browser's own word on the refusal
    assert plan_in(page)["data"] == "circles"


def upload(page, text):
    page.set_input_files("#csv", {"name": "my.csv", "mimeType": "text/csv", "buffer": text.encode()})


# --- controls ----------------------------------------------------------------------------------------------------------


def test_every_choice_of_every_list_reaches_the_training(at):
    page = at()
    for name in ("activation", "optimizer", "learning_rate", "batch_size", "penalty", "penalty_rate"):
        for value in page.locator(f"#{name} option").evaluate_all("all => all.map(o => o.value)"):
            if value != str(plan_in(page)[name]):
                assert str(changed(page, lambda n=name, v=value: page.select_option(f"#{n}", v))[name]) == value
    for name, value in (("noise", "0.2"), ("test_share", "0.5")):
        assert str(changed(page, lambda n=name, v=value: page.locator(f"#{n}").fill(v))[name]) == value
    assert changed(page, lambda: page.locator("#seed").fill("5") or page.keyboard.press("Enter"))["seed"] == 5
    assert changed(page, lambda: page.click("#again"))["seed"] == 6


def test_layers_and_units_come_and_go_with_a_click(at):
    page = at("layers=4,2")
    assert changed(page, lambda: page.click("#layer-more"))["layers"] == [4, 2, 2]
    assert changed(page, lambda: page.click("#units-1-more"))["layers"] == [4, 3, 2]
    assert page.evaluate("document.activeElement.id") == "units-1-more"  # one can go on by the keyboard
    assert changed(page, lambda: page.click("#units-0-less"))["layers"] == [3, 3, 2]
    for left in ([3, 3], [3], []):
        assert changed(page, lambda: page.click("#layer-less"))["layers"] == left
    assert page.is_disabled("#layer-less")
    assert page.locator("button.node").count() == 1


def test_time_goes_back_and_forth(at):
    page = at("data=xor&layers=3&speed=slow")
    for updates in (1, 2, 3):
        page.click("#forward")
        until(page, f"{NOW}.updates === {updates}")
    page.click("#back")
    until(page, f"{NOW}.updates === 2")
    page.locator("#time").fill("0")
    until(page, f"{NOW}.updates === 0")
    assert page.is_disabled("#back")
    page.click("#play")  # in slow motion weights between two updates are shown
    until(page, "playground.state.at % 1 > 0.2 && playground.state.at > 1")
    page.click("#play")
    page.click("#reset")
    until(page, "playground.lesson.frames.length === 1")


def test_a_link_brings_the_training_back(at):
    link = "data=moons&layers=3,2&activation=elu&updates=137&point=9&neuron=1,0&edges=signals&lang=ko&theme=dark&seed=4"
    page = at(link)
    lesson = Lesson(
        plan := plan_of({"data": "moons", "layers": [3, 2], "activation": "elu", "seed": 4}), made_material(plan)
    )
    lesson.train(137)
    expected = lesson.frame()["train"]["loss"]
    assert page.evaluate(f"{NOW}.train.loss") == expected
    again = at(page.url.partition("#")[2])
    for one in (page, again):
        assert one.evaluate(f"[{NOW}.updates, {NOW}.train.loss, playground.state.sample]") == [137, expected, 9]
        assert one.get_attribute("#node-1-0", "aria-pressed") == "true"
        assert one.get_attribute("html", "data-theme") == "dark" and one.get_attribute("html", "lang") == "ko"
        assert one.get_attribute("[data-mode=signals]", "aria-pressed") == "true"


def test_link_and_program_can_be_copied(at, chromium):
    page = at("data=or&layers=2", permissions=["clipboard-read", "clipboard-write"])
    page.click("#copy-program")
    until(page, "navigator.clipboard.readText().then(text => text.includes('def or_gate'))")
    page.click("#copy-link")
    until(page, "navigator.clipboard.readText().then(text => text.includes('#data=or&noise=0&layers=2'))")


# --- what is shown -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "link",
    [
        "data=spirals&layers=8,8,8,8&activation=silu", "data=circles&layers=3,2&activation=leaky_relu",
        "data=digits&layers=4&activation=elu", "data=line&layers=2&activation=relu", "data=xor&layers=&activation=tanh",
        "data=moons&layers=4&activation=sigmoid",
    ],
)  # fmt: skip
def test_the_pages_numbers_are_laminas(at, link):
    """Outputs by `predict`, and the gradients of one point by the tape."""
    page = at(f"{link}&updates=60&point=100")
    lesson, sample = lesson_of(page), page.evaluate("playground.state.sample")
    x, y = lesson.material.x[sample : sample + 1], lesson.material.y[sample : sample + 1]
    outs = page.evaluate("Array.from(playground.lesson.passes.one.outs.at(-1))")
    np.testing.assert_allclose(outs, lesson.model.predict(x, verbose=0)[0], rtol=1e-4, atol=1e-6)
    with lamina.GradientTape() as tape:
        target = y if lesson.material.kind == "classes" else y[:, None]
        loss = lesson.model.compute_loss(x, target, lesson.model(x))
    expected = tape.gradient(loss, lesson.model.trainable_variables)
    found = page.evaluate("playground.page.back.gradients.flatMap(({kernel, bias}) => [...kernel, ...bias])")
    flat = np.concatenate([np.ravel(lamina.ops.convert_to_numpy(g)) for g in expected])
    np.testing.assert_allclose(found, flat, rtol=2e-3, atol=1e-5)


def lesson_of(page):
    """The same training in this process."""
    plan = plan_of(plan_in(page))
    lesson = Lesson(plan, made_material(plan))
    lesson.train(page.evaluate(f"{NOW}.updates"))
    return lesson


def test_steps_show_the_arithmetic_forward_and_backward(at):
    page = at("data=line&layers=&lang=en&updates=200&point=7")
    model = lesson_of(page)
    w, b = (float(v.item()) for v in model.model.get_weights())
    x = model.material.x[7, 0]
    text = page.inner_text("#step")
    for number in (w, x, b, w * x + b):
        assert said(number) in text
    for title in ("Loss", "Backward: output"):
        page.click("#step-on")
        assert title.lower() in page.inner_text("#step h3").lower()
    delta = 2 * (w * x + b - model.material.y[7])
    for number in (delta, delta * x):
        assert said(number) in page.inner_text("#step")
    page.click("#step-back")
    page.click("#step-play")
    until(page, "document.getElementById('step-place').textContent.includes('3')")


def said(number):
    return f"{abs(number):.3f}".rstrip("0").rstrip(".")


def test_a_neuron_is_asked_by_a_click_first_forward_then_backward(at):
    page = at("data=circles&layers=4,2&lang=en")
    page.click("#node-0-2")
    assert page.inner_text("#step h3") == "Forward: layer 1, neuron 3"
    page.click("#node-0-2")
    assert page.inner_text("#step h3") == "Backward: layer 1, neuron 3"
    assert page.locator("#step tbody tr").count() == 3  # two weights and the bias
    before = page.inner_text("#sample-said")
    page.click("#sample-on")
    assert page.inner_text("#sample-said") != before
    page.locator("#points").click(position={"x": 150, "y": 150})
    assert page.evaluate("playground.state.sample") != 1


def test_dead_and_saturated_neurons_are_marked_and_findings_told(at):
    page = at("data=circles&layers=8,4&activation=relu&optimizer=momentum&learning_rate=1&updates=60&lang=ko")
    assert page.locator(".node.dead").count() > 0
    assert "죽은 뉴런" in page.locator(".node.dead").first.get_attribute("aria-label")
    page = at("data=circles&layers=3&activation=tanh&optimizer=sgd&learning_rate=30&updates=40&lang=en")
    assert page.locator(".node.saturated").count() > 0
    assert "Saturated" in page.locator(".node.saturated").first.get_attribute("aria-label")
    page = at("data=circles&layers=4,4&activation=linear&lang=ko")
    assert "선형 층" in page.inner_text("#findings li[data-rule=stacked-linear]")


def test_a_loss_that_is_no_number_stops_the_training_and_says_so(at):
    page = at("data=line&layers=&optimizer=sgd&learning_rate=10&lang=en&speed=fast")
    page.click("#play")
    page.wait_for_selector("#trouble:not([hidden])", timeout=30_000)
    assert "smaller learning rate" in page.inner_text("#trouble")
    assert page.evaluate("playground.state.playing") is False


@pytest.mark.parametrize("kind", ["path", "random"])
def test_the_landscape_has_the_loss_of_now_in_the_middle(at, kind):
    page = at("data=xor&layers=3&updates=80&lang=en")
    if kind == "path":
        page.click("#land-draw")
    else:
        page.select_option("#land-kind", "random")
    page.wait_for_selector("#land[data-drawn='80']")
    lesson = lesson_of(page)
    loss = lesson.model.evaluate(lesson.x[:100], lesson.y[:100], verbose=0, return_dict=True)["loss"]
    assert float(page.inner_text("#land-said").rpartition("middle ")[2].rstrip(".")) == pytest.approx(loss, abs=2e-3)


# --- languages, widths, and those who cannot see ------------------------------------------------------------------------

LINKS = (
    "data=spirals&layers=8,8,8,8&updates=50&edges=signals&neuron=2,1",
    "data=digits&layers=8&updates=50",
    "data=line&layers=",
)
OVERLAPS = """() => {
  const shown = [...document.querySelectorAll("button, select, input, h2, output, .figures div, .caption, .column-head")]
    .filter(e => e.offsetParent && getComputedStyle(e).opacity !== "0").map(e => [e, e.getBoundingClientRect()]);
  const inside = (a, b) => a.contains(b) || b.contains(a);
  return shown.flatMap(([a, r], n) => shown.slice(n + 1).filter(([b, s]) => !inside(a, b)
    && r.left < s.right - 1 && s.left < r.right - 1 && r.top < s.bottom - 1 && s.top < r.bottom - 1)
    .map(([b]) => `${a.id || a.className || a.tagName} / ${b.id || b.className || b.tagName}`));
}"""
OUTSIDE = """() => [...document.querySelectorAll(".card")].flatMap(card => {
  const box = card.getBoundingClientRect();
  return [...card.querySelectorAll("*")].filter(e => e.offsetParent && !e.closest(".graph-scroll, .scroll, pre, svg"))
    .filter(e => e.getBoundingClientRect().right > box.right + 1).map(e => e.id || e.className || e.tagName);
})"""


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link.split("&")[0])
def test_nothing_overlaps_or_sticks_out(at, link):
    page = at(link)
    for width in (375, 820, 1366):
        page.set_viewport_size({"width": width, "height": 900})
        for language in ("en", "ko"):
            page.click(f"#lang-{language}")
            page.wait_for_timeout(100)  # for what is drawn anew in a new size
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate(OVERLAPS) == []
            assert page.evaluate(OUTSIDE) == []


def test_every_word_follows_the_language(at):
    both = strings()
    page = at(f"{LINKS[0]}&lang=en")
    page.click("#lang-ko")
    texts = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter(e => !e.closest("script, pre, #lang-en"))
        .flatMap(e => [e.getAttribute("aria-label"), e.title,
          ...[...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data)])
        .filter(Boolean).map(text => text.trim())"""
    )
    english = {text for key, text in both["en"].items() if text != both["ko"][key] and "{" not in text}
    assert len(texts) > 150
    assert english & set(texts) == set()
    assert not [text for text in texts if "⟦" in text]
    words = {"neuron", "layer", "loss", "epoch", "Point", "Step"}
    assert not [text for text in texts if words & set(text.replace(",", " ").split())]
    page.click("#lang-en")
    assert not [text for text in page.locator("main").inner_text().splitlines() if any("가" <= c <= "힣" for c in text)]


def test_a_korean_browser_gets_korean(at):
    assert at(locale="ko-KR").get_attribute("html", "lang") == "ko"


def test_it_can_be_used_by_the_keyboard_alone(at):
    page = at("data=xor&layers=2&lang=en")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("#play").focus()
    page.keyboard.press("Enter")
    until(page, "playground.state.playing && playground.lesson.frames.length > 3")
    page.keyboard.press("Space")
    until(page, "!playground.state.playing")
    page.locator("#data-xor").focus()
    assert changed(page, lambda: page.keyboard.press("ArrowRight"))["data"] == "circles"
    page.locator("#node-0-1").focus()
    page.keyboard.press("Enter")
    assert page.inner_text("#step h3") == "Forward: layer 1, neuron 2"


def test_everything_that_acts_or_shows_has_a_name(at):
    page = at(LINKS[0])
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, select, input, canvas[role], [role=group], [role=radiogroup], section")]
        .filter(e => e.offsetParent).filter(e => !(e.getAttribute("aria-label") || e.getAttribute("aria-labelledby")
        || e.labels?.[0]?.textContent.trim() || e.textContent.trim())).map(e => e.id || e.outerHTML)"""
    )
    assert nameless == []
    assert page.get_attribute("#status", "aria-live") == "polite" and page.get_attribute("#trouble", "role") == "alert"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_stand_out_from_the_paper(at, theme):
    """A contrast of 4.5 to 1 at least (WCAG 2.2, 1.4.3)."""
    page = at(f"lang=en&theme={theme}")
    colours = page.evaluate(
        """['ink', 'soft', 'card', 'page', 'paper', 'accent'].map(
        name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim())"""
    )
    ink, soft, *papers, accent = map(luminance, colours)
    for paper in papers:
        assert contrast(ink, paper) > 7 and contrast(soft, paper) > 4.5
    assert contrast(accent, papers[0]) > 4.5


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


# --- recordings --------------------------------------------------------------------------------------------------------


def test_a_recording_plays_without_a_server(visit, tmp_path):
    path = tmp_path / "page.html"
    write_recording(str(path), Plan(data="xor", layers=(4,), learning_rate=0.1), epochs=15)
    asked = []
    page = visit(f"file://{path}#lang=en&speed=fast")
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_selector("html[data-ready]")
    page.click("#play")
    until(page, "playground.state.at === playground.lesson.frames.length - 1", timeout_s=30)
    until(page, "!playground.state.playing")
    assert page.evaluate(f"{NOW}.train.accuracy") > 0.95
    page.click("#land-draw")
    page.wait_for_selector("#land[data-drawn]")
    page.click("#step-on")
    page.click("#back")
    page.locator("#time").fill("3")
    assert page.evaluate(f"{NOW}.epoch") < 3
    assert not page.is_visible("#setup") and not page.is_visible("#layer-more") and page.is_visible("#program")
    assert asked == []
