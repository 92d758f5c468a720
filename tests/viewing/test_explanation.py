"""An explanation as text, HTML and rows."""

from lamina.viewing._explanation import BACKWARD, FORWARD, Explanation, Line, Section

SECTIONS = [
    Section(
        FORWARD, "hidden", "hidden, Dense", (Line("unit 1: z", "2.5 · 5 + 90", 102.5), Line("unit 2: z", "", -0.25))
    ),
    Section(BACKWARD, "hidden", "hidden <kernel>", (Line("kernel[0, 0]", "1 · 2", 2.0),), left_out=3),
]


def test_text_has_a_line_for_each_number_and_says_what_is_left_out():
    assert str(Explanation(SECTIONS, None)) == (
        "forward: hidden, Dense\n  unit 1: z = 2.5 · 5 + 90 = 102.5\n  unit 2: z = -0.25\n\n"
        "backward: hidden <kernel>\n  kernel[0, 0] = 1 · 2 = 2\n  ... and 3 more"
    )


def test_rows_are_for_a_table():
    assert Explanation(SECTIONS, None).rows[2] == {
        "direction": "backward", "layer": "hidden", "what": "kernel[0, 0]", "formula": "1 · 2", "value": 2.0,
    }  # fmt: skip


def test_html_escapes_and_repr_is_short():
    explanation = Explanation(SECTIONS, None, 0.125)
    html = explanation._repr_html_()
    assert "hidden &lt;kernel&gt;" in html and "2.5 · 5 + 90" in html and "and 3 more" in html and "loss 0.125" in html
    assert repr(explanation) == "<Explanation of 3 numbers, loss 0.125; print it, or see its rows>"
