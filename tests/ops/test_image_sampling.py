"""Arrays and images read between their pixels, pixel by pixel from the definition."""

import itertools
import math

import numpy as np
import pytest

from lamina import ops
from lamina.engines import engine

RNG = np.random.default_rng(0)
EXTENDED = {"nearest": "aaaabcdddd", "wrap": "bcdabcdabc", "mirror": "dcbabcdcba", "reflect": "cbaabcddcb"}


@pytest.mark.parametrize("mode", sorted(EXTENDED))
@pytest.mark.parametrize("order", [0, 1])
def test_what_lies_beyond_the_edges(mode, order):
    row = np.array([1, 2, 3, 4.0], "float32")
    want = np.array([row["abcd".index(c)] for c in EXTENDED[mode]])
    np.testing.assert_allclose(ops.image.map_coordinates(row, np.arange(-3, 7.0)[None], order, mode), want, atol=1e-5)


def test_constant_beyond_the_edges():
    got = ops.image.map_coordinates([1.0, 2.0], [[-1.0, -0.25, 0.5, 1.0, 3.0]], 1, "constant", 8.0)
    np.testing.assert_allclose(got, [8, 0.75 * 1 + 0.25 * 8, 1.5, 2, 8])


def test_linear_in_three_axes():
    x, places = RNG.normal(size=(3, 4, 5)), RNG.uniform(0, 1.9, size=(3, 2, 6))
    want = np.zeros((2, 6))
    for at in np.ndindex(2, 6):
        p = places[(slice(None), *at)]
        for corner in itertools.product((0, 1), repeat=3):
            index = np.floor(p).astype(int) + corner
            want[at] += math.prod(1 - abs(p - index)) * x[tuple(index)]
    np.testing.assert_allclose(ops.image.map_coordinates(x, places, 1), want, atol=1e-6)


@pytest.mark.parametrize("single", [False, True])
def test_affine_reads_each_pixel_where_it_was(single):
    x = RNG.normal(size=(2, 5, 6, 3)).astype("float32")
    move = np.array([1.2, 0.1, -0.3, -0.2, 0.9, 0.4, 0, 0], "float32")
    ys, xs = np.mgrid[:5, :6]
    places = np.stack([-0.2 * xs + 0.9 * ys + 0.4, 1.2 * xs + 0.1 * ys - 0.3])
    want = np.stack([[ops.image.map_coordinates(i[..., c], places, 1) for c in range(3)] for i in x]).transpose(
        0, 2, 3, 1
    )
    got = ops.image.affine_transform(x[0] if single else x, move)
    np.testing.assert_allclose(got, want[0] if single else want, atol=1e-5)
    first = ops.image.affine_transform(x.transpose(0, 3, 1, 2), np.stack([move, move]), data_format="channels_first")
    np.testing.assert_allclose(first, want.transpose(0, 3, 1, 2), atol=1e-5)


def test_perspective_sends_points_to_points():
    x = RNG.normal(size=(6, 7, 1)).astype("float32")
    start = np.array([[0, 0], [6, 0], [0, 5], [6, 5.0]])
    end = np.array([[1, 1], [5, 0], [0, 4], [6, 5.0]])
    got = np.asarray(ops.image.perspective_transform(x, start, end))
    for (a, b), (c, d) in zip(start.astype(int), end.astype(int)):
        np.testing.assert_allclose(got[d, c], x[b, a], atol=1e-4)
    np.testing.assert_allclose(ops.image.perspective_transform(x, start, start), x, atol=1e-4)


def test_gradient_and_trace():
    x = RNG.normal(size=(2, 4, 4, 1)).astype("float32")
    move = np.array([1, 0, 0.25, 0, 1, 0, 0, 0], "float32")
    again = engine.compile(lambda v: ops.image.affine_transform(v, move))
    np.testing.assert_allclose(again(engine.tensor(x)), ops.image.affine_transform(x, move), atol=1e-6)
    assert ops.image.affine_transform(ops.KerasTensor((None, 4, None, 3)), move).shape == (None, 4, None, 3)


def test_other_shapes_and_names_are_refused():
    x = np.zeros((4, 4, 1), "float32")
    with pytest.raises(ValueError, match="transform must be"):
        ops.image.affine_transform(x, [1.0, 2.0])
    with pytest.raises(ValueError, match="fill_mode must be one of"):
        ops.image.affine_transform(x, np.zeros(8), fill_mode="odd")
    with pytest.raises(ValueError, match="start_points must be"):
        ops.image.perspective_transform(x, np.zeros((3, 2)), np.zeros((3, 2)))
    with pytest.raises(ValueError, match="coordinates must be"):
        ops.image.map_coordinates(x, np.zeros((2, 3)), 1)
