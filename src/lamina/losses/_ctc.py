"""The loss of sequences whose labels have no known place in time."""

from typing import Any

from lamina import ops
from lamina._checks import ShapeMismatch
from lamina._public import public

from ._function_loss import LossFunctionWrapper


@public("losses.ctc")
def ctc(y_true: Any, y_pred: Any) -> Any:
    """-ln of the probability that the frames spell the labels (connectionist temporal classification).

    Class 0 stands for blank in the predictions and for padding in the targets.

    Example:
        >>> losses.ctc([[1, 2]], ops.zeros((1, 4, 3))).shape
        (1,)

    Reference: Graves et al., Connectionist Temporal Classification, ICML 2006, doi:10.1145/1143844.1143891.

    Args:
        y_true: labels, `(batch, labels)`, filled up with 0.
        y_pred: logits, `(batch, frames, classes)`.
    Returns: `(batch,)`, dtype of `y_pred`.
    Raises ValueError for other ranks.
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    if len(y_true.shape) != 2 or len(y_pred.shape) != 3:
        raise ShapeMismatch(
            "ctc: y_true must be (batch, labels) and y_pred (batch, frames, classes); got shapes "
            f"{tuple(y_true.shape)} and {tuple(y_pred.shape)}."
        )
    batch, frames = y_pred.shape[:2]
    lengths = ops.sum(ops.cast(ops.not_equal(y_true, 0), "int32"), axis=-1)
    return ops.ctc_loss(y_true, y_pred, lengths, ops.full((batch,), frames, dtype="int32"), mask_index=0)


@public("losses.CTC")
class CTC(LossFunctionWrapper):
    """For sequences of labels without known places in time, such as letters in speech or handwriting.

    Targets are `(batch, labels)`, filled up with 0; predictions are logits `(batch, frames, classes)`, class 0 for blank.

    Args:
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.CTC()(np.array([[1, 2], [2, 0]]), ops.zeros((2, 4, 3))).shape
        ()
    """

    def __init__(self, reduction: Any = "sum_over_batch_size", name: str | None = "ctc", dtype: Any = None):
        super().__init__(ctc, reduction=reduction, name=name, dtype=dtype)
