"""Cross-entropy of yes-or-no labels, plain and focal."""

from typing import Any

from lamina import ops
from lamina._public import public

from ._comparing import compares
from ._function_loss import LossFunctionWrapper


def smooth_binary(y_true: Any, label_smoothing: float) -> Any:
    """Labels moved towards one half: y · (1 - s) + s / 2."""
    if not label_smoothing:
        return y_true
    return ops.add(ops.multiply(y_true, 1.0 - label_smoothing), 0.5 * label_smoothing)


@public("losses.binary_crossentropy", "metrics.binary_crossentropy", "losses.bce", "losses.BCE")
def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Any:
    """Mean of - y_true · log p - (1 - y_true) · log(1 - p) along `axis`.

    Args:
        y_true: labels from 0 to 1, shape of `y_pred`.
        y_pred: probabilities p, or logits if `from_logits`; floating.
        from_logits: whether p = sigmoid(y_pred).
        label_smoothing: s from 0 to 1; labels become y · (1 - s) + s / 2.
        axis: the axis of the mean.
    Returns: the shape without `axis`, dtype of `y_pred`.
    Raises ValueError if the shapes differ.
    Example:
        >>> losses.binary_crossentropy([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        Tensor([0.2876821, 0.6931472], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = smooth_binary(ops.cast(y_true, y_pred.dtype), label_smoothing)
    return ops.mean(ops.binary_crossentropy(y_true, y_pred, from_logits=from_logits), axis=axis)


@public("losses.binary_focal_crossentropy", "metrics.binary_focal_crossentropy")
@compares
def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """Binary cross-entropy times (1 - p_t)^gamma, p_t being the probability of the true label: easy cases count less.

    Args:
        y_true: labels from 0 to 1, shape of `y_pred`.
        y_pred: probabilities, or logits if `from_logits`; floating.
        apply_class_balancing: whether label 1 weighs alpha and label 0 weighs 1 - alpha.
        alpha, gamma: see above.
        from_logits, label_smoothing, axis: as for `binary_crossentropy`.
    Returns: the shape without `axis`, dtype of `y_pred`.
    Example:
        >>> losses.binary_focal_crossentropy([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        Tensor([0.01798013, 0.1732868 ], dtype=float32)

    Reference: Lin et al., Focal Loss for Dense Object Detection, 2018, arXiv:1708.02002.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = smooth_binary(ops.cast(y_true, y_pred.dtype), label_smoothing)
    p = ops.sigmoid(y_pred) if from_logits else y_pred
    p_t = y_true * p + (1.0 - y_true) * (1.0 - p)
    values = ops.power(1.0 - p_t, gamma) * ops.binary_crossentropy(y_true, p, from_logits=False)
    if apply_class_balancing:
        values = (y_true * alpha + (1.0 - y_true) * (1.0 - alpha)) * values
    return ops.mean(values, axis=axis)


@public("losses.BinaryCrossentropy")
class BinaryCrossentropy(LossFunctionWrapper):
    """Cross-entropy - y · log p - (1 - y) · log(1 - p) of labels 0 and 1.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        label_smoothing: s from 0 to 1; labels become y · (1 - s) + s / 2.
        axis: the axis of the mean.
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.BinaryCrossentropy()([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        Tensor(0.49041462, dtype=float32)
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
    ):
        super().__init__(
            binary_crossentropy,
            reduction=reduction,
            name=name,
            dtype=dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


@public("losses.BinaryFocalCrossentropy")
class BinaryFocalCrossentropy(LossFunctionWrapper):
    """Binary cross-entropy in which easy cases count less: times (1 - p_t)^gamma.

    Args:
        apply_class_balancing, alpha, gamma: as for `binary_focal_crossentropy`.
        from_logits, label_smoothing, axis: as for `BinaryCrossentropy`.
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.BinaryFocalCrossentropy()([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        Tensor(0.09563346, dtype=float32)

    Reference: Lin et al., Focal Loss for Dense Object Detection, 2018, arXiv:1708.02002.
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "binary_focal_crossentropy",
        dtype: Any = None,
    ):
        super().__init__(
            binary_focal_crossentropy,
            reduction=reduction,
            name=name,
            dtype=dtype,
            apply_class_balancing=apply_class_balancing,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
