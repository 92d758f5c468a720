"""Cross-entropy of one-hot labels, plain and focal."""

import warnings
from typing import Any

from lamina import _settings, ops
from lamina._public import public

from ._comparing import compares
from ._function_loss import LossFunctionWrapper


def _labels(y_true: Any, y_pred: Any, label_smoothing: float, axis: Any, where: str) -> Any:
    if isinstance(axis, bool):
        raise ValueError(f"{where}: axis must be an int; got {axis!r}.")
    if len(y_pred.shape) and y_pred.shape[-1] == 1:
        warnings.warn(
            f"{where}: the predictions have shape {tuple(y_pred.shape)}, that is one class only, and the loss is zero "
            "whatever they are. For two classes with one output unit use binary_crossentropy.",
            SyntaxWarning,
            stacklevel=3,
        )
    y_true = ops.cast(y_true, y_pred.dtype)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + label_smoothing / y_true.shape[axis]
    return y_true


@public("losses.categorical_crossentropy", "metrics.categorical_crossentropy")
def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Any:
    """- Σ y_true · log p over the classes.

    Args:
        y_true: one-hot labels (or probabilities), shape of `y_pred`.
        y_pred: probabilities p, or logits if `from_logits`, `(..., classes)`, floating.
        from_logits: whether p = softmax(y_pred).
        label_smoothing: s from 0 to 1; labels become y · (1 - s) + s / classes.
        axis: the axis of the classes.
    Returns: the shape without `axis`, dtype of `y_pred`.
    Raises ValueError if the shapes differ.
    Example:
        >>> losses.categorical_crossentropy([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        Tensor([0.2876821, 0.6931472], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = _labels(y_true, y_pred, label_smoothing, axis, "categorical_crossentropy")
    return ops.categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)


@public("losses.categorical_focal_crossentropy", "metrics.categorical_focal_crossentropy")
@compares
def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """- Σ alpha · (1 - p)^gamma · y_true · log p over the classes: easy cases count less.

    Args:
        y_true: one-hot labels, shape of `y_pred`.
        y_pred: probabilities p, or logits if `from_logits`, `(..., classes)`, floating.
        alpha, gamma: see above.
        from_logits, label_smoothing, axis: as for `categorical_crossentropy`.
    Returns: the shape without `axis`, dtype of `y_pred`.
    Example:
        >>> losses.categorical_focal_crossentropy([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        Tensor([0.00449503, 0.0433217 ], dtype=float32)

    Reference: Lin et al., Focal Loss for Dense Object Detection, 2018, arXiv:1708.02002.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = _labels(y_true, y_pred, label_smoothing, axis, "categorical_focal_crossentropy")
    p = ops.softmax(y_pred, axis=axis) if from_logits else y_pred
    p = ops.divide(p, ops.sum(p, axis=axis, keepdims=True))
    p = ops.clip(p, _settings.epsilon(), 1.0 - _settings.epsilon())
    weight = ops.multiply(ops.power(ops.subtract(1.0, p), gamma), alpha)
    return ops.negative(ops.sum(ops.multiply(ops.multiply(weight, y_true), ops.log(p)), axis=axis))


@public("losses.CategoricalCrossentropy")
class CategoricalCrossentropy(LossFunctionWrapper):
    """Cross-entropy - Σ y · log p of one-hot labels.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        label_smoothing: s from 0 to 1; labels become y · (1 - s) + s / classes.
        axis: the axis of the classes.
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.CategoricalCrossentropy()([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        Tensor(0.49041462, dtype=float32)
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
    ):
        super().__init__(
            categorical_crossentropy,
            reduction=reduction,
            name=name,
            dtype=dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


@public("losses.CategoricalFocalCrossentropy")
class CategoricalFocalCrossentropy(LossFunctionWrapper):
    """Cross-entropy of one-hot labels in which easy cases count less: times alpha · (1 - p)^gamma.

    Args:
        alpha, gamma: see above.
        from_logits, label_smoothing, axis: as for `CategoricalCrossentropy`.
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.CategoricalFocalCrossentropy()([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        Tensor(0.02390837, dtype=float32)

    Reference: Lin et al., Focal Loss for Dense Object Detection, 2018, arXiv:1708.02002.
    """

    def __init__(
        self,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "categorical_focal_crossentropy",
        dtype: Any = None,
    ):
        super().__init__(
            categorical_focal_crossentropy,
            reduction=reduction,
            name=name,
            dtype=dtype,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
