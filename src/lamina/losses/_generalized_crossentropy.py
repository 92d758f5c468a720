"""Generalised cross-entropy, which wrong labels harm less."""

from typing import Any

from lamina import ops
from lamina._public import public

from ._comparing import compares
from ._function_loss import LossFunctionWrapper


@public("losses.categorical_generalized_cross_entropy")
@compares
def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Any:
    """(1 - p^q) / q with p the probability of the true class.

    Args:
        y_true: class indices, `(...)`.
        y_pred: probabilities, `(..., classes)`, floating.
        q: between 0 (cross-entropy) and 1 (absolute error).
    Returns: `(...)`, dtype of `y_pred`.
    Example:
        >>> losses.categorical_generalized_cross_entropy([1, 0], [[0.25, 0.75], [0.5, 0.5]], q=0.5)
        Tensor([0.26794922, 0.58578646], dtype=float32)

    Reference: Zhang and Sabuncu, 2018, arXiv:1805.07836.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    hot = ops.cast(ops.one_hot(ops.cast(y_true, "int32"), y_pred.shape[-1]), y_pred.dtype)
    p = ops.sum(ops.multiply(y_pred, hot), axis=-1)
    return ops.divide(ops.subtract(1.0, ops.power(p, q)), q)


@public("losses.CategoricalGeneralizedCrossEntropy")
class CategoricalGeneralizedCrossEntropy(LossFunctionWrapper):
    """(1 - p^q) / q with p the probability of the true class, for integer labels.

    Args:
        q: between 0 and 1, both excluded.
        reduction, name, dtype: as for `Loss`.
    Raises ValueError for another q.
    Example:
        >>> losses.CategoricalGeneralizedCrossEntropy()(np.array([1, 0]), np.array([[0.25, 0.75], [0.5, 0.5]]))
        Tensor(0.42686784, dtype=float32)

    Reference: Zhang and Sabuncu, 2018, arXiv:1805.07836.
    """

    def __init__(
        self,
        q: float = 0.5,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ):
        if not 0 < q < 1:
            raise ValueError(
                f"CategoricalGeneralizedCrossEntropy: q must lie between 0 and 1, both excluded; got {q!r}."
            )
        super().__init__(categorical_generalized_cross_entropy, reduction=reduction, name=name, dtype=dtype, q=q)
