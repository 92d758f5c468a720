"""The made-up data has the shape that its name says."""

import numpy as np
import pytest

from lamina.playground._points import MAKERS


def made(name, noise=0.0, count=400):
    return MAKERS[name](count, noise, np.random.default_rng(0))


@pytest.mark.parametrize("name", MAKERS)
def test_points_are_finite_and_noise_moves_them(name):
    x, y = made(name)
    assert x.shape == (400, {"digits": 64, "line": 1}.get(name, 2)) and np.isfinite(x).all()
    assert y.shape == (400,)
    moved, _ = made(name, noise=0.5)
    assert np.abs(moved - x).mean() > 0.02 or name == "line"


@pytest.mark.parametrize("name, rule", [("and", np.logical_and), ("or", np.logical_or), ("xor", np.logical_xor)])
def test_gates_tell_what_the_gate_tells_of_each_corner(name, rule):
    x, y = made(name)
    corners = np.round(x).astype(bool)
    np.testing.assert_array_equal(y.astype(bool), rule(corners[:, 0], corners[:, 1]))
    assert len(np.unique(corners, axis=0)) == 4


def test_circles_are_told_apart_by_their_radius():
    x, y = made("circles")
    np.testing.assert_array_equal(np.hypot(*x.T) < 1.1, y.astype(bool))


def test_each_arm_of_the_spirals_is_the_other_turned_by_half():
    x, y = made("spirals")
    turns = np.arctan2(x[:, 1], x[:, 0]) - 1.5 * 2 * np.pi * np.hypot(*x.T) / 2 - np.pi * y
    np.testing.assert_allclose(np.cos(turns), 1, atol=1e-6)


def test_moons_lie_in_each_other():
    x, y = made("moons")
    one, other = x[y == 0], x[y == 1]
    assert one[:, 0].max() > other[:, 0].min() and one[:, 1].min() < other[:, 1].max()
    assert one[:, 1].mean() > other[:, 1].mean()


def test_the_line_is_the_line():
    x, y = made("line")
    np.testing.assert_allclose(np.polyfit(x[:, 0], y, 1), [2.5, 1], atol=0.05)


def test_digits_differ_and_every_one_is_there():
    x, y = made("digits")
    assert set(y) == set(range(10))
    means = np.stack([x[y == digit].mean(axis=0) for digit in range(10)])
    apart = np.linalg.norm(means[:, None] - means[None], axis=-1)[~np.eye(10, dtype=bool)]
    assert apart.min() > 0.5
