"""AWQ: finer levels for the inputs that are large.

Lin et al., AWQ: Activation-aware Weight Quantization for LLM Compression and Acceleration, 2023, arXiv:2306.00978.
"""

import numpy as np

from ._calibrated_config import AWQConfig
from ._calibration import Levels, Statistics, grid, group_starts, to_levels

_SHRINKS = np.linspace(1.0, 0.5, 11)  # fractions of a range that are tried


def awq(weight: np.ndarray, statistics: Statistics, config: AWQConfig) -> Levels:
    """The levels of a weight, `(rows, columns)`, times a scale for each row that the search finds best."""
    weight = np.asarray(weight, "float64")
    row_scale = _best_row_scale(weight, statistics, config)
    scaled = weight * row_scale[:, None]
    shrink = (
        _best_shrink(scaled, statistics.gram / np.outer(row_scale, row_scale), config) if config.apply_clip else None
    )
    return _in_levels(scaled, config, shrink)._replace(row_scale=row_scale)


def _best_row_scale(weight: np.ndarray, statistics: Statistics, config: AWQConfig) -> np.ndarray:
    """The power, from 0 to 1, of the mean magnitudes of the inputs with the least error of the outputs."""
    magnitude = np.maximum(statistics.magnitude / max(statistics.count, 1), 1e-8)
    best, least = np.ones(len(weight)), np.inf
    for i in range(config.num_grid_points):
        row_scale = np.maximum(magnitude ** (i / config.num_grid_points), 1e-4)
        row_scale = row_scale / np.sqrt(row_scale.max() * row_scale.min())
        kept = _floats(_in_levels(weight * row_scale[:, None], config)) / row_scale[:, None]
        off = kept - weight
        error = np.sum(off * (statistics.gram @ off))
        if error < least:
            best, least = row_scale, error
    return best


def _best_shrink(weight: np.ndarray, gram: np.ndarray, config: AWQConfig) -> np.ndarray:
    """For each group and column, the fraction of the range with the least error that the group makes by itself."""
    starts = group_starts(len(weight), config.group_size)
    best = np.ones((len(starts), weight.shape[1]))
    least = np.full(best.shape, np.inf)
    for shrink in _SHRINKS:
        off = _floats(_in_levels(weight, config, np.full(best.shape, shrink))) - weight
        for group, start in enumerate(starts):
            rows = slice(start, start + starts.step)
            error = np.sum(off[rows] * (gram[rows, rows] @ off[rows]), axis=0)
            better = error < least[group]
            best[group, better], least[group, better] = shrink, error[better]
    return best


def _in_levels(weight: np.ndarray, config: AWQConfig, shrink: np.ndarray | None = None) -> Levels:
    """The nearest levels, of ranges cut by `shrink`."""
    starts = group_starts(len(weight), config.group_size)
    parts = [weight[start : start + starts.step] for start in starts]
    least, largest = (np.stack([f(part, 0) for part in parts]) for f in (np.min, np.max))
    factor = 1.0 if shrink is None else shrink
    scale, zero = grid(least * factor, largest * factor, config.weight_bits)
    groups = np.arange(len(weight)) // starts.step
    return Levels(to_levels(weight, scale[groups], zero[groups], config.weight_bits), scale, zero, groups)


def _floats(kept: Levels) -> np.ndarray:
    return (kept.levels - kept.zero[kept.groups]) * kept.scale[kept.groups]
