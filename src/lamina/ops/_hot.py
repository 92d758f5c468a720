"""Classes as vectors of zeros and ones."""

from typing import Any

import numpy as np

from lamina._typing import DType, Tensor, TensorLike

from ._backend import xp
from ._convert import tensor, to
from ._dtypes import dtype_name, numpy_dtype, standardize_dtype
from ._op import op


@op("nn", tensors="x", adds_axis=True)
def one_hot(x: TensorLike, num_classes: int, axis: int = -1, dtype: DType = None, sparse: bool = False) -> Tensor:
    """Class numbers as vectors with a single 1; all zeros for a number out of range.

    Args:
        x: `(...)`, integer.
        num_classes: int.
        axis: where the new axis goes.
        dtype: name of a dtype; None: the default float type.
        sparse: accepted for Keras's sake; the result is dense.

    Returns: `(..., num_classes)` with the new axis at `axis`.

    Example:
        >>> ops.one_hot([0, 2], 3)
        Tensor([[1., 0., 0.],
                [0., 0., 1.]], dtype=float32)
    """
    if sparse:
        raise ValueError("one_hot: sparse tensors are not supported; leave sparse=False.")
    x = tensor(x)
    if "float" in dtype_name(x):
        x = to(x, "int32")
    classes = np.arange(int(num_classes)).astype(numpy_dtype(dtype_name(x)) if dtype_name(x) != "bool" else np.int32)
    hot = to(xp.equal(xp.expand_dims(x, -1), classes), standardize_dtype(dtype))
    return hot if axis in (-1, x.ndim) else xp.moveaxis(hot, -1, axis)


@op("nn", tensors="inputs", adds_axis=True)
def multi_hot(
    inputs: TensorLike,
    num_classes: int | None = None,
    axis: int = -1,
    dtype: DType = None,
    sparse: bool = False,
    **kwargs: Any,
) -> Tensor:
    """Sets of class numbers as vectors with a 1 for each class in the set.

    Args:
        inputs: `(..., n)`, integer.
        num_classes: int.
        axis: where the axis of classes goes.
        dtype: name of a dtype; None: the default float type.
        sparse: accepted for Keras's sake; the result is dense.

    Returns: `(..., num_classes)`.

    Example:
        >>> ops.multi_hot([0, 2], 3)
        Tensor([1., 0., 1.], dtype=float32)
    """
    num_classes = kwargs.pop("num_tokens", num_classes)
    if kwargs:
        raise TypeError(f"multi_hot: unknown arguments {sorted(kwargs)}.")
    if num_classes is None:
        raise ValueError("multi_hot: num_classes must be given.")
    x = tensor(inputs)
    reduce = 1 if x.ndim > 1 else 0
    return xp.max(one_hot(x, num_classes, axis, dtype, sparse), axis=reduce)
