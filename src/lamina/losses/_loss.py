"""The base of losses: a value for each sample, weighted, masked and reduced to a scalar."""

from functools import partial
from typing import Any

from lamina import _settings, ops, tree
from lamina._public import public
from lamina._where import inside, where
from lamina.ops._masks import get_mask
from lamina.ops._symbolic import auto_name
from lamina.variables._dtype_policy import get as get_dtype_policy

from ._comparing import compares

REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


@public("Loss", "losses.Loss")
class Loss:
    """A measure of error. Subclasses define `call(y_true, y_pred)`, which gives a value for each sample.

    Args:
        name: name of the loss.
        reduction: "sum_over_batch_size" or "mean" (sum divided by the number of values), "mean_with_sample_weight"
            (sum divided by the sum of the weights), "sum", or "none" (no reduction).
        dtype: dtype of the calculation; by default the default float type.
    Raises ValueError for another reduction.
    Example:
        >>> class Linear(losses.Loss):
        ...     def call(self, y_true, y_pred):
        ...         return ops.mean(y_true - y_pred, axis=-1)
        >>> Linear()(np.array([[3.0, 1.0]]), np.array([[1.0, 1.0]]))
        Tensor(1., dtype=float32)
    """

    def __init__(self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None):
        self.name: str = name or auto_name(type(self).__name__)
        self.reduction: Any = check_reduction(reduction, type(self).__name__)
        self._dtype_policy = get_dtype_policy(dtype or _settings.floatx())
        self._dtype = self._dtype_policy.compute_dtype

    @property
    def dtype(self) -> str:
        return self._dtype

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None, mask: Any = None) -> Any:
        """The loss.

        Args:
            y_true: targets, nested like `y_pred`, `(batch, ...)`.
            y_pred: predictions, `(batch, ...)`.
            sample_weight: `(batch,)`, or any shape that broadcasts to that of the values; None for ones.
            mask: boolean, True for values that count; by default the one that travels on `y_pred`.
        Returns: scalar, or the values with reduction "none".
        """
        in_mask = get_mask(y_pred) if mask is None else mask
        y_pred, y_true = _tensors(y_pred, self.dtype), _tensors(y_true, self.dtype)
        with inside(where.place[0] or "loss"):
            values = self._compared(y_true, y_pred)
        out_mask = get_mask(values)
        if in_mask is not None and out_mask is not None:
            in_mask = ops.logical_and(in_mask, out_mask)
        mask = out_mask if in_mask is None else in_mask
        return reduce_weighted(values, sample_weight, mask, self.reduction, self.dtype)

    @partial(compares, where=lambda self, *_: self.name)
    def _compared(self, y_true: Any, y_pred: Any) -> Any:
        return self.call(y_true, y_pred)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define call(y_true, y_pred).")

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Loss":
        return cls(**config)


def _tensors(values: Any, dtype: Any) -> Any:
    """A structure of tensors; nested lists of plain numbers are one."""
    if isinstance(values, (list, tuple)) and all(isinstance(leaf, (int, float)) for leaf in tree.flatten(values)):
        return ops.convert_to_tensor(values, dtype=dtype)
    return tree.map_structure(lambda x: ops.convert_to_tensor(x, dtype=dtype), values)


def check_reduction(reduction: Any, where: str) -> Any:
    if reduction == "auto":  # Keras 2's default
        return "sum_over_batch_size"
    if reduction not in REDUCTIONS:
        raise ValueError(f"{where}: reduction must be one of {', '.join(map(repr, REDUCTIONS))}; got {reduction!r}.")
    return reduction


def match_ranks(x1: Any, x2: Any, expand_rank_1: bool = True) -> tuple[Any, Any]:
    """Makes the ranks equal where they differ by a last axis of size one: `(batch, 1)` beside `(batch,)`."""
    rank1, rank2 = len(x1.shape), len(x2.shape)
    if rank1 == rank2 + 1 and x1.shape[-1] == 1:
        if rank2 == 1 and expand_rank_1:
            return x1, ops.expand_dims(x2, axis=-1)
        return ops.squeeze(x1, axis=-1), x2
    if rank2 == rank1 + 1 and x2.shape[-1] == 1:
        if rank1 == 1 and expand_rank_1:
            return ops.expand_dims(x1, axis=-1), x2
        return x1, ops.squeeze(x2, axis=-1)
    return x1, x2


def operands(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Both as tensors of the dtype of `y_pred`, ranks matched."""
    y_pred = ops.convert_to_tensor(y_pred)
    return match_ranks(ops.convert_to_tensor(y_true, dtype=y_pred.dtype), y_pred)


def reduce_weighted(
    values: Any, sample_weight: Any = None, mask: Any = None, reduction: Any = "sum_over_batch_size", dtype: Any = None
) -> Any:
    """`values` times weights and mask, reduced. Masked values do not count in the divisor of a mean."""
    values = ops.convert_to_tensor(values, dtype=dtype)
    weight = None if sample_weight is None else ops.convert_to_tensor(sample_weight, dtype=values.dtype)
    weight = apply_mask(weight, mask, values.dtype, reduction)
    if weight is not None:
        values, weight = match_ranks(values, weight)
        values = ops.multiply(values, weight)
    if reduction in (None, "none") or tuple(values.shape) in ((), (0,)):
        return values
    total = ops.sum(values)
    if reduction == "sum":
        return total
    if reduction == "mean_with_sample_weight" and weight is not None:
        return ops.divide_no_nan(total, ops.cast(ops.sum(weight), total.dtype))
    return ops.multiply(total, 1.0 / max(size_of(values), 1))


def apply_mask(sample_weight: Any, mask: Any, dtype: Any, reduction: Any) -> Any:
    """The weights with the mask in them; None if there is neither.

    For a mean over the values, those that count weigh (all / counting), so that dividing by all of them is right.
    """
    if mask is None:
        return sample_weight
    weight = ops.cast(mask, dtype)
    if reduction in ("mean", "sum_over_batch_size"):
        weight = ops.multiply(weight, ops.divide_no_nan(ops.cast(float(size_of(weight)), dtype), ops.sum(weight)))
    if sample_weight is None:
        return weight
    weight, sample_weight = match_ranks(weight, ops.cast(sample_weight, dtype))
    return ops.multiply(sample_weight, weight)


def size_of(x: Any) -> int:
    """The number of entries; shapes are known, also inside a trace."""
    size = 1
    for n in x.shape:
        size *= n
    return size
