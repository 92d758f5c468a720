"""Kinds of data: dtypes of tensors, and what is symbolic."""

from typing import Any

import numpy as np

from lamina import ops
from lamina._public import public
from lamina._settings import floatx

from ._shapes import with_sizes


@public("backend.standardize_dtype", "utils.standardize_dtype")
def standardize_dtype(dtype: Any) -> str:
    """The name of a dtype, `"float32"` for None unless `set_floatx` changed it. Raises ValueError for an unknown one.

    Example:
        >>> utils.standardize_dtype(np.float64), utils.standardize_dtype(None)
        ('float64', 'float32')
    """
    return ops.standardize_dtype(dtype)


@public("backend.result_type")
def result_type(*dtypes: Any) -> str:
    """The dtype that an operation on operands of these dtypes gives."""
    return ops.result_type(*dtypes)


@public("backend.is_float_dtype")
def is_float_dtype(dtype: Any) -> bool:
    """Whether it is a floating dtype."""
    return ops.is_float_dtype(ops.standardize_dtype(dtype))


@public("backend.is_int_dtype")
def is_int_dtype(dtype: Any) -> bool:
    """Whether it is an integer dtype."""
    return ops.is_int_dtype(ops.standardize_dtype(dtype))


@public("backend.is_keras_tensor", "utils.is_keras_tensor")
def is_keras_tensor(x: Any) -> bool:
    """Whether `x` is symbolic: a KerasTensor.

    Example:
        >>> utils.is_keras_tensor(Input((2,))), utils.is_keras_tensor(np.ones(2))
        (True, False)
    """
    return ops.is_keras_tensor(x)


@public("backend.is_tensor")
def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor, symbolic or with values."""
    return ops.is_keras_tensor(x) or ops.is_tensor(x)


@public("backend.is_sparse")
def is_sparse(tensor: Any) -> bool:
    """Whether `tensor` is marked as sparse; tensors with values are dense here."""
    return bool(getattr(tensor, "sparse", False))


@public("backend.dtype")
def dtype(x: Any) -> str:
    """The name of the dtype of a tensor or variable."""
    return ops.dtype(x)


@public("backend.cast")
def cast(x: Any, dtype: Any) -> Any:
    """`x` as a tensor of another dtype."""
    return ops.cast(with_sizes(x), dtype)


@public("backend.cast_to_floatx")
def cast_to_floatx(x: Any) -> Any:
    """`x` in the default float type: arrays and lists as NumPy arrays, tensors as tensors."""
    if ops.is_keras_tensor(x) or hasattr(x, "__tensor__") or hasattr(x, "numpy"):
        return ops.cast(x, floatx())
    return np.asarray(x, dtype=floatx())
