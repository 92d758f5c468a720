"""A penalty on weights that are not orthogonal."""

from typing import Any

from lamina import ops
from lamina._checks import check_non_negative, check_one_of
from lamina._public import public

from ._regularizer import Regularizer


@public("regularizers.OrthogonalRegularizer", "regularizers.orthogonal_regularizer")
class OrthogonalRegularizer(Regularizer):
    """factor times the mean absolute cosine between each two rows (or columns) of a matrix.

    Args:
        factor: zero or above.
        mode: "rows" or "columns".
    Raises ValueError when called on anything but a matrix.
    Example:
        >>> regularizers.OrthogonalRegularizer(1.0)(ops.eye(2))
        Tensor(0., dtype=float32)
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows"):
        check_non_negative(factor, "factor", "OrthogonalRegularizer")
        check_one_of(mode, ("rows", "columns"), "mode", "OrthogonalRegularizer")
        self.factor: float = float(factor)
        self.mode = mode

    def __call__(self, inputs: Any) -> Any:
        x = ops.convert_to_tensor(inputs)
        if len(x.shape) != 2:
            raise ValueError(f"OrthogonalRegularizer: expected a matrix; got the shape {tuple(x.shape)}.")
        axis = 1 if self.mode == "rows" else 0
        x = ops.normalize(x, axis=axis)
        size = x.shape[1 - axis]
        products = ops.matmul(x, ops.transpose(x)) if axis == 1 else ops.matmul(ops.transpose(x), x)
        products = ops.multiply(products, ops.subtract(1.0, ops.eye(size, dtype=products.dtype)))
        pairs = size * (size - 1.0) / 2.0
        return ops.divide(ops.multiply(self.factor * 0.5, ops.sum(ops.absolute(products))), pairs)

    def get_config(self) -> dict[str, Any]:
        return {"factor": self.factor, "mode": self.mode}
