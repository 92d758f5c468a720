import numpy as np

from lamina.quantizers._calibration import Statistics, grid, group_starts, to_levels


def test_statistics_give_the_error_of_outputs():
    rng = np.random.default_rng(0)
    x, off = rng.normal(size=(50, 4)), rng.normal(size=(4, 3))
    found = Statistics(4)
    found.add(x[:20])
    found.add(x[20:])
    np.testing.assert_allclose(np.sum(off * (found.gram @ off)), np.square(x @ off).sum())
    np.testing.assert_allclose(found.magnitude / found.count, np.abs(x).mean(0))


def test_a_grid_holds_zero_and_both_ends():
    least, largest = np.array([-1.0, 2.0, 0.0]), np.array([3.0, 5.0, 0.0])
    scale, zero = grid(least, largest, 4)
    np.testing.assert_allclose(scale, [4 / 15, 5 / 15, 1.0])
    levels = to_levels(np.stack([least, largest, np.zeros(3)]), scale, zero, 4)
    assert levels.min() >= 0 and levels.max() <= 15
    np.testing.assert_array_equal(levels[2], zero)  # zero stays zero
    assert np.abs((levels - zero) * scale - np.stack([least, largest, np.zeros(3)])).max() <= scale.max()


def test_group_starts():
    assert list(group_starts(5, 2)) == [0, 2, 4] and list(group_starts(5, -1)) == [0]
