"""Batch renormalisation: in training too, features are normalised almost as they are later, by moving averages.

Reference: Ioffe, Batch Renormalization: Towards Reducing Minibatch Dependence in Batch-Normalized Models, 2017, arXiv:1702.03275
"""

import math
from typing import Any

from lamina import ops
from lamina._checks import check_non_negative

LIMITS = ("rmax", "rmin", "dmax")


def check_clipping(clipping: Any, owner: str) -> dict[str, float]:
    """The limits of the correction. Raises ValueError for other keys, `rmax` below `rmin` and a negative `dmax`."""
    clipping = dict(clipping or {})
    if set(clipping) - set(LIMITS):
        raise ValueError(f"{owner}: renorm_clipping may hold {', '.join(LIMITS)}; got {clipping!r}.")
    if clipping.get("rmax", math.inf) < clipping.get("rmin", 0.0):
        raise ValueError(f"{owner}: renorm_clipping needs rmin <= rmax; got {clipping!r}.")
    check_non_negative(clipping.get("dmax", 0.0), "renorm_clipping['dmax']", owner)
    return clipping


class Renorm:
    """The statistics of one BatchNormalization that renormalises, beside its moving averages.

    Args:
        layer: to which the weights `moving_stddev`, `renorm_mean` and `renorm_stddev` are added.
        size: of the axis of features.
    """

    def __init__(self, layer: Any, size: int):
        self.layer = layer

        def stddev(shape: Any, dtype: Any = None) -> Any:
            return ops.sqrt(layer.moving_variance_initializer(shape, dtype=dtype))

        layer.moving_stddev = layer._statistic("moving_stddev", size, stddev)
        layer.renorm_mean = layer._statistic("renorm_mean", size, layer.moving_mean_initializer)
        layer.renorm_stddev = layer._statistic("renorm_stddev", size, stddev)

    def correct(self, mean: Any, variance: Any, gamma: Any, beta: Any) -> tuple[Any, Any]:
        """Factor and offset for what the batch's own statistics have normalised: (x·r + d)·gamma + beta; counts the batch.

        r = stddev / renorm_stddev and d = (mean - renorm_mean) / renorm_stddev, without gradients.
        """
        layer = self.layer
        stddev = ops.sqrt(ops.add(variance, layer.epsilon))
        known = ops.maximum(ops.cast(layer.renorm_stddev, mean.dtype), math.sqrt(layer.epsilon))
        r = ops.divide(stddev, known)
        d = ops.divide(ops.subtract(mean, ops.cast(layer.renorm_mean, mean.dtype)), known)
        r, d = (ops.stop_gradient(x) for x in self._clipped(r, d))
        self._move(ops.stop_gradient(mean), ops.stop_gradient(stddev))
        if gamma is not None:
            r, d = ops.multiply(r, gamma), ops.multiply(d, gamma)
        return r, d if beta is None else ops.add(d, beta)

    def _clipped(self, r: Any, d: Any) -> tuple[Any, Any]:
        limits = self.layer.renorm_clipping
        if "rmin" in limits:
            r = ops.maximum(r, limits["rmin"])
        if "rmax" in limits:
            r = ops.minimum(r, limits["rmax"])
        return r, ops.clip(d, -limits["dmax"], limits["dmax"]) if "dmax" in limits else d

    def _move(self, mean: Any, stddev: Any) -> None:
        layer = self.layer
        _step(layer.renorm_mean, mean, layer.renorm_momentum)
        _step(layer.renorm_stddev, stddev, layer.renorm_momentum)
        _step(layer.moving_mean, mean, layer.momentum)
        _step(layer.moving_stddev, stddev, layer.momentum)
        layer.moving_variance.assign(ops.subtract(ops.square(layer.moving_stddev.value), layer.epsilon))


def _step(average: Any, value: Any, momentum: float) -> None:
    value = ops.cast(value, average.dtype)
    average.assign(ops.add(ops.multiply(average, momentum), ops.multiply(value, 1.0 - momentum)))
