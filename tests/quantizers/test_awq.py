"""AWQ: what the searches find is no worse than not to search, by the error of the outputs."""

import numpy as np
import pytest

from lamina.quantizers import AWQConfig
from lamina.quantizers._awq import awq
from lamina.quantizers._calibration import Statistics, grid, to_levels

RNG = np.random.default_rng(0)
SIZES = np.where(np.arange(16) % 8 == 0, 40.0, 1.0)  # few inputs are large
X = RNG.normal(size=(300, 16)) * SIZES
W = RNG.normal(size=(16, 6))


def statistics():
    found = Statistics(16)
    found.add(X)
    return found


def floats(kept):
    return (kept.levels - kept.zero[kept.groups]) * kept.scale[kept.groups] / kept.row_scale[:, None]


def error(weight):
    return np.square(X @ (weight - W)).sum()


def nearest(size):
    parts = [W[i : i + size] for i in range(0, 16, size)]
    grids = [grid(p.min(0), p.max(0), 4) for p in parts]
    return np.concatenate([(to_levels(p, s, z, 4) - z) * s for p, (s, z) in zip(parts, grids)])


@pytest.mark.parametrize("clip", [False, True])
@pytest.mark.parametrize("size", [8, -1])
def test_large_inputs_get_finer_levels(size, clip):
    kept = awq(W, statistics(), AWQConfig(None, None, group_size=size, apply_clip=clip))
    assert error(floats(kept)) < 0.5 * error(nearest(16 if size == -1 else size))
    assert kept.row_scale[0] > 2 * kept.row_scale[1]
    off = np.abs(floats(kept) - W)
    assert off[::8].mean() < off[1:8].mean()


def test_the_scale_is_the_best_power_of_the_magnitudes():
    kept = awq(W, statistics(), AWQConfig(None, None, group_size=-1, apply_clip=False, num_grid_points=10))
    errors = []
    for power in np.arange(10) / 10:
        scale = np.abs(X).mean(0) ** power
        scale /= np.sqrt(scale.max() * scale.min())
        levels = grid((W * scale[:, None]).min(0), (W * scale[:, None]).max(0), 4)
        errors.append(error((to_levels(W * scale[:, None], *levels, 4) - levels[1]) * levels[0] / scale[:, None]))
    np.testing.assert_allclose(error(floats(kept)), min(errors), rtol=1e-6)


def test_one_point_of_the_grid_leaves_the_weight_unscaled():
    kept = awq(W, statistics(), AWQConfig(None, None, group_size=8, apply_clip=False, num_grid_points=1))
    np.testing.assert_array_equal(kept.row_scale, 1)
    np.testing.assert_allclose(floats(kept), nearest(8))
