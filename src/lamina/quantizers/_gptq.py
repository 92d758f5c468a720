"""GPTQ: rounding that knows which errors the inputs make visible.

Frantar et al., GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers, 2022, arXiv:2210.17323.
"""

import numpy as np

from ._calibrated_config import GPTQConfig
from ._calibration import Levels, Statistics, grid, group_starts, to_levels

_BLOCK = 128  # rows between updates of all that follow, where one group spans the whole weight


def gptq(weight: np.ndarray, statistics: Statistics, config: GPTQConfig) -> Levels:
    """The levels of a weight, `(rows, columns)`.

    The rows are rounded one after the other. The error of each is made up for, as well as the rows that follow can:
    with U the upper Cholesky factor of the inverse Hessian, row j changes by `-U[i, j] / U[i, i]` times the error of row i.
    """
    rows = len(weight)
    hessian = 2 * statistics.gram / max(statistics.count, 1)
    weight = np.array(weight, "float64")
    unseen = np.diag(hessian) == 0
    hessian[unseen, unseen] = 1
    weight[unseen] = 0
    order = np.argsort(-np.diag(hessian), kind="stable") if config.activation_order else np.arange(rows)
    factor = _factor(hessian[np.ix_(order, order)], config.hessian_damping)
    levels, scales, zeros = _rounded(weight[order], factor, config)
    groups = np.zeros(rows, int)
    groups[order] = np.arange(rows) // (rows if config.group_size == -1 else config.group_size)
    placed = np.empty_like(levels)
    placed[order] = levels
    return Levels(placed, np.stack(scales), np.stack(zeros), groups)


def _factor(hessian: np.ndarray, damping: float) -> np.ndarray:
    """The upper Cholesky factor of the inverse; damping grows until there is one."""
    diagonal = np.mean(np.diag(hessian)) * np.eye(len(hessian))
    for strength in (damping, *(max(damping, 1e-6) * 10.0**i for i in range(1, 12))):
        try:
            return np.linalg.cholesky(np.linalg.inv(hessian + strength * diagonal)).T
        except np.linalg.LinAlgError:
            continue
    raise ValueError("gptq: the inputs of the layer are not finite; calibrate by other data.")


def _rounded(weight: np.ndarray, factor: np.ndarray, config: GPTQConfig) -> tuple[np.ndarray, list, list]:
    """Levels of all rows; scale and zero point of each group, from the rows as they are when the group begins."""
    rows, size, bits = len(weight), config.group_size, config.weight_bits
    levels = np.empty_like(weight)
    scales, zeros = [], []
    for start in group_starts(rows, _BLOCK if size == -1 else size):
        stop = min(start + (_BLOCK if size == -1 else size), rows)
        if size != -1 or start == 0:
            seen = weight if size == -1 else weight[start:stop]
            scale, zero = grid(seen.min(0), seen.max(0), bits, config.symmetric)
            scales.append(scale)
            zeros.append(zero)
        errors = np.empty((stop - start, weight.shape[1]))
        for i in range(start, stop):
            levels[i] = to_levels(weight[i], scale, zero, bits)
            errors[i - start] = (weight[i] - (levels[i] - zero) * scale) / factor[i, i]
            weight[i + 1 : stop] -= np.outer(factor[i, i + 1 : stop], errors[i - start])
        weight[stop:] -= factor[start:stop, stop:].T @ errors
    return levels, scales, zeros
