"""The circle loss of metric learning."""

from typing import Any

from lamina import ops
from lamina._public import public
from lamina.ops._masks import set_mask

from ._comparing import compares
from ._function_loss import LossFunctionWrapper


@public("losses.circle")
@compares
def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Any:
    """softplus(logsumexp over pairs of one class + logsumexp over pairs of two classes), weighted by their errors.

    With d = 1 - cosine: pairs of one class enter as - gamma · (margin + d) · (margin - d), others as
    gamma · (1 + margin - d) · (1 - margin - d), the weights (first factors) held at zero or above.

    Args:
        y_true: class indices, `(batch,)`.
        y_pred: embeddings of length one, `(batch, units)`.
        ref_labels, ref_embeddings: what to compare with, `(refs,)` and `(refs, units)`; by default the batch itself.
        remove_diagonal: whether a sample is not compared with itself.
        gamma, margin: see above.
    Returns: `(batch,)`, dtype of `y_pred`, masked where it is zero.
    Example:
        >>> same, other = [1.0, 0.0], [0.0, 1.0]
        >>> losses.circle([0, 0, 1], [same, same, other]).shape
        (3,)

    Reference: Sun et al., Circle Loss, 2020, arXiv:2002.10857.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.reshape(ops.cast(y_true, "int32"), (-1, 1))
    refs = y_pred if ref_embeddings is None else ops.convert_to_tensor(ref_embeddings)
    labels = y_true if ref_labels is None else ops.cast(ref_labels, "int32")
    same = ops.equal(y_true, ops.reshape(labels, (1, -1)))
    other = ops.logical_not(same)
    if remove_diagonal:
        diagonal = ops.equal(ops.expand_dims(ops.arange(same.shape[0]), 1), ops.arange(same.shape[1]))
        same = ops.logical_and(same, ops.logical_not(diagonal))
    distance = ops.maximum(ops.subtract(1.0, ops.matmul(y_pred, ops.transpose(refs))), 0.0)
    positive = -gamma * (margin + distance) * (margin - distance)
    negative = gamma * ops.maximum(1.0 + margin - distance, 0.0) * (1.0 - margin - distance)
    # Finite: a sample without a partner has no loss, and no slope either.
    nothing = ops.full_like(distance, -3e4 if ops.standardize_dtype(distance.dtype) == "float16" else -1e9)
    pull = ops.logsumexp(ops.where(same, positive, nothing), axis=1)
    push = ops.logsumexp(ops.where(other, negative, nothing), axis=1)
    values = ops.softplus(ops.add(pull, push))
    set_mask(values, ops.greater(values, 0))
    return values


@public("losses.Circle")
class Circle(LossFunctionWrapper):
    """Pulls embeddings of one class together and pushes others apart, the harder the more they are wrong.

    Args:
        gamma, margin, remove_diagonal: as for `circle`.
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> same, other = [1.0, 0.0], [0.0, 1.0]
        >>> losses.Circle()(np.array([0, 0, 1]), np.array([same, same, other])).shape
        ()

    Reference: Sun et al., Circle Loss, 2020, arXiv:2002.10857.
    """

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "circle",
        dtype: Any = None,
    ):
        super().__init__(
            circle,
            reduction=reduction,
            name=name,
            dtype=dtype,
            gamma=gamma,
            margin=margin,
            remove_diagonal=remove_diagonal,
        )
