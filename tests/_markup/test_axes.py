import re

import numpy as np
import pytest

from lamina._markup._axes import Axes, cut, labelled, range_of, ticks_of, width_of


@pytest.mark.parametrize("low,high", [(0, 1), (-3.2, 17), (1e-7, 4e-7), (0, 123456), (999.9, 1000.2), (-5, -4)])
def test_ticks_are_few_round_and_within(low, high):
    found = ticks_of(low, high)
    assert 2 <= len(found) <= 6 and all(low <= t <= high for t in found)
    step = found[1] - found[0]
    np.testing.assert_allclose(np.diff(found), step, rtol=1e-6)
    assert round(step / 10.0 ** np.floor(np.log10(step * 1.0001)), 6) in (1, 2, 2.5, 5)


def test_ticks_are_told_apart():
    assert [text for _, text in labelled([0.0, 0.5, 1e6])] == ["0", "0.5", "1e+06"]
    assert [text for _, text in labelled([20240101.0, 20240102.0])] == ["20240101", "20240102"]


def test_widths_count_hangul_twice():
    assert width_of("ab") == 2 and width_of("종류") == 4
    assert cut("abcdef", 6) == "abcdef" and cut("abcdefg", 6) == "abcde…" and cut("아델리 펭귄", 7) == "아델리…"


def test_ranges_are_never_empty():
    for values in ([3.0], [], [np.nan], [0.0, 0.0], [1, 5, np.inf]):
        low, high = range_of(values)
        assert np.isfinite([low, high]).all() and low < high
    assert range_of([2.0, 4.0], zero=True)[0] == 0


def places(svg, kind):
    return [tuple(map(float, pair)) for pair in re.findall(r"[ML](\S+?) (\S+?)(?=[LMhZ]|$)", path(svg, kind))]


def path(svg, kind):
    return re.search(rf'<path d="([^"]*)" class="{kind}">', svg)[1]


def test_a_line_runs_from_corner_to_corner():
    axes = Axes((0.0, 10.0), (0.0, 5.0), "x", "y", "a plot")
    axes.line([0, 10], [0, 5], "s0")
    axes.dots([5], [2.5], "s1")
    svg = axes.render([("s0", "what <it> is")])
    (left, bottom), (right, top) = places(svg, "s0")
    assert left == round(axes.left, 1) and right == 346 and top == 10 and bottom == 202
    assert places(svg, "s1") == [pytest.approx(((left + right) / 2, (top + bottom) / 2), abs=0.1)]
    assert "<title>a plot</title>" in svg and "what &lt;it&gt; is" in svg


def test_a_logarithmic_axis():
    axes = Axes((0.0, 1.0), (0.01, 100.0), "x", "y", "t", log=True)
    assert [text for _, text in axes.y_ticks] == ["0.01", "0.1", "1", "10", "100"]
    np.testing.assert_allclose(axes.down([0.01, 1.0, 100.0]), [202, 106, 10])


def test_names_that_do_not_fit_beside_each_other_are_turned():
    short, long = (Axes(names, (0.0, 1.0), "x", "y", "t") for names in (["a", "b"], ["아델리 펭귄"] * 8))
    assert "rotate(-40" not in short.render() and long.render().count("rotate(-40") == 8
    assert long.height > short.height


def test_nothing_leaves_the_plot():
    axes = Axes((0.0, 1.0), (0.0, 1.0), "x", "y", "t")
    assert axes.down([-5, 7]).tolist() == [202, 10]
