"""Cross-entropy of integer labels."""

from typing import Any

from lamina import ops
from lamina._public import public
from lamina.ops._masks import set_mask

from ._function_loss import LossFunctionWrapper


@public("losses.sparse_categorical_crossentropy", "metrics.sparse_categorical_crossentropy")
def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Any:
    """- log p of the true class.

    Args:
        y_true: class indices, the shape of `y_pred` without `axis` (or with one of size one there).
        y_pred: probabilities p, or logits if `from_logits`, `(..., classes)`, floating.
        from_logits: whether p = softmax(y_pred).
        ignore_class: label that does not count, 255 in some segmentation sets; None for none.
        axis: the axis of the classes.
    Returns: the shape without `axis`, dtype of `y_pred`; zero, and masked, where the label is ignored.
    Example:
        >>> losses.sparse_categorical_crossentropy([1, 0], [[0.25, 0.75], [0.5, 0.5]])
        Tensor([0.2876821, 0.6931472], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true)
    if len(y_true.shape) == len(y_pred.shape) and y_true.shape[axis] == 1:
        y_true = ops.squeeze(y_true, axis=axis)
    if ignore_class is None:
        return ops.sparse_categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)
    valid = ops.not_equal(y_true, ignore_class)
    y_true = ops.where(valid, y_true, ops.zeros_like(y_true))
    # Ones, not zeros: probabilities are divided by their sum.
    y_pred = ops.where(ops.expand_dims(valid, axis), y_pred, ops.ones_like(y_pred))
    values = ops.sparse_categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)
    valid = ops.reshape(valid, values.shape)
    values = ops.where(valid, values, ops.zeros_like(values))
    set_mask(values, valid)
    return values


@public("losses.SparseCategoricalCrossentropy")
class SparseCategoricalCrossentropy(LossFunctionWrapper):
    """Cross-entropy - log p of the true class, for integer labels.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        ignore_class: label that does not count; None for none.
        reduction, name, dtype: as for `Loss`.
        axis: the axis of the classes.
    Example:
        >>> logits = np.zeros((2, 2))
        >>> losses.SparseCategoricalCrossentropy(from_logits=True)(np.array([1, 0]), logits)  # ln 2
        Tensor(0.6931472, dtype=float32)
    """

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: Any = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ):
        super().__init__(
            sparse_categorical_crossentropy,
            reduction=reduction,
            name=name,
            dtype=dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
