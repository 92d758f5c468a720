"""Between values and tensors: convert, cast, promote, and ask for shape and dtype."""

import math
from typing import Any

import numpy as np

from lamina import _settings, tree
from lamina._public import public
from lamina._typing import DType, Tensor, TensorLike
from lamina.engines import engine

from ._backend import xp
from ._dtypes import dtype_name, numpy_dtype, result_type, standardize_dtype
from ._op import make_operation, of_its_own, op
from ._symbolic import KerasTensor

_SCALARS = (bool, int, float, complex)


def tensor(x: Any) -> Any:
    """`x` as a tensor in its own dtype; Python numbers and lists take the default int and float types."""
    if type(x) is not np.ndarray and engine.is_tensor(x):
        return x
    if isinstance(x, np.ndarray):
        return engine.tensor(x)
    if hasattr(x, "__tensor__"):
        return tensor(x.__tensor__())  # a variable may hold what a tape followed that has stopped
    if isinstance(x, np.generic):
        return engine.tensor(x)
    if isinstance(x, KerasTensor):
        raise TypeError(f"Expected a tensor with a value; got the symbolic {x!r}. Use lamina.ops functions on it.")
    if type(x) in _SCALARS:
        dtype = result_type(type(x))
        try:
            return engine.tensor(np.asarray(x, numpy_dtype(dtype)))
        except OverflowError:
            raise ValueError(
                f"Cannot turn {x} into a tensor: it is no number of {dtype}; give it in an array."
            ) from None
    if x is None:
        raise ValueError("Expected a tensor, an array or a number; got None.")
    if isinstance(x, (list, tuple, range)):
        return _from_list(list(x))
    array = np.asarray(x)
    if array.dtype == object and not isinstance(x, str):
        raise ValueError(f"Cannot turn {type(x).__name__} into a tensor: {x!r}.")
    return engine.tensor(array)


def _leaves(x: Any) -> Any:
    for item in x:
        if isinstance(item, (list, tuple)):
            yield from _leaves(item)
        else:
            yield item


def _from_list(x: list[Any]) -> Any:
    leaves = list(_leaves(x))
    if any(hasattr(leaf, "__tensor__") or (engine.is_tensor(leaf) and type(leaf) is not np.ndarray) for leaf in leaves):
        parts = promote(*(_from_list(list(i)) if isinstance(i, (list, tuple)) else i for i in x), arrays=True)
        return xp.stack(parts)
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise ValueError(f"Cannot make a tensor of a list whose rows differ in length: {error}") from None
    if array.dtype == object:
        raise ValueError(f"Cannot make a tensor of a list that holds {sorted({type(i).__name__ for i in leaves})}.")
    if array.dtype.kind in "US":
        return engine.tensor(array)
    kinds = {leaf.dtype if hasattr(leaf, "dtype") else type(leaf) for leaf in leaves}
    wanted = result_type(*kinds) if kinds else _settings.floatx()
    if (
        wanted == "int32"
        and array.dtype == np.int64
        and array.size
        and not -(2**31) <= array.min() <= array.max() < 2**31
    ):
        wanted = "int64"
    return engine.tensor(array.astype(numpy_dtype(wanted), copy=False))


def is_scalar(x: Any) -> bool:
    return type(x) in _SCALARS


def to(x: Any, dtype: str) -> Any:
    """The tensor `x` in `dtype`, itself if it is that already."""
    return x if dtype_name(x) == dtype else engine.cast(x, numpy_dtype(dtype))


def promote(*values: Any, arrays: bool = False, also: tuple[Any, ...] = ()) -> list[Any]:
    """The values in their common dtype. Python numbers stay as they are beside a tensor unless `arrays`.

    Args:
        also: further dtypes (or Python types) that take part, such as `float` for an op that gives floats.
    """
    given = [x if type(x) in _SCALARS else tensor(x) for x in values]
    kinds = [type(x) if type(x) in _SCALARS else dtype_name(x) for x in given]
    dtype = result_type(*kinds, *also)
    if kinds.count(dtype) == len(kinds):
        return given
    if not arrays and not all(type(x) in _SCALARS for x in given):
        return [x if type(x) in _SCALARS else to(x, dtype) for x in given]
    return [scalar(x, dtype) if type(x) in _SCALARS else to(x, dtype) for x in given]


def scalar(value: Any, dtype: str) -> Any:
    return engine.tensor(np.asarray(value, numpy_dtype(dtype)))


def floating(x: Any) -> Any:
    """`x` as a tensor of a floating dtype: integers and booleans become the default float type."""
    x = tensor(x)
    return to(x, result_type(dtype_name(x), float))


def float_dtype(x: Any) -> str:
    return result_type(dtype_name(x), float)


@op("core", tensors="x")
def cast(x: TensorLike, dtype: DType) -> Tensor:
    """`x` in another dtype. Floats become integers by cutting off the fraction.

    Args:
        x: `(...)`, any dtype.
        dtype: name of a dtype, or a NumPy dtype.

    Returns: `(...)`, `dtype`.

    Example:
        >>> ops.cast([1.7, 2.2], "int32")
        Tensor([1, 2], dtype=int32)
    """
    dtype = standardize_dtype(dtype)
    if type(x) in _SCALARS:
        return scalar(x, dtype)
    return to(tensor(x), dtype)


@op("core", tensors="x")
def saturate_cast(x: TensorLike, dtype: DType) -> Tensor:
    """`x` in another dtype, with values clipped to what that dtype can hold.

    Args:
        x: `(...)`, real.
        dtype: name of a dtype.

    Returns: `(...)`, `dtype`.
    """
    dtype = standardize_dtype(dtype)
    x = tensor(x)
    source = dtype_name(x)
    if dtype == "bool" or source == "bool" or source == dtype:
        return to(x, dtype)
    low, high = limits(dtype)
    source_low, source_high = limits(source)
    low, high = max(low, source_low), min(high, source_high)
    if "float" in source:
        # The nearest floats inside the bounds: 2**31 - 1 rounds up to 2**31, which int32 cannot hold.
        kind = numpy_dtype(source).type
        low, high = _round_inwards(kind, low, high)
    return to(xp.clip(x, low, high), dtype)


def limits(dtype: str) -> tuple[Any, ...]:
    if "int" in dtype:
        whole = np.iinfo(dtype)
        return int(whole.min), int(whole.max)
    if dtype in ("bfloat16", "float8_e4m3fn", "float8_e5m2"):
        import ml_dtypes

        info: Any = ml_dtypes.finfo(numpy_dtype(dtype))  # type: ignore[no-untyped-call]
    else:
        info = np.finfo(dtype)
    return float(info.min), float(info.max)


def _round_inwards(kind: Any, low: Any, high: Any) -> tuple[Any, ...]:
    low_, high_ = kind(low), kind(high)
    if float(low_) < low:
        low_ = np.nextafter(low_, kind(0))
    if float(high_) > high:
        high_ = np.nextafter(high_, kind(0))
    return float(low_), float(high_)


@public("ops.convert_to_tensor")
def convert_to_tensor(
    x: TensorLike, dtype: DType = None, sparse: bool | None = None, ragged: bool | None = None
) -> Any:
    """`x` as a tensor of the engine, which does not change when an array or Variable given changes later.

    Args:
        x: tensor, array, Variable, number, or nested list of these; a KerasTensor passes through.
        dtype: name of a dtype, or None to keep that of `x` (Python numbers: int32 and the default float type).
        sparse, ragged: accepted for Keras's sake; tensors are dense.

    Returns: tensor of the same shape.

    Raises: ValueError if `x` has no numeric form (None, ragged lists, other objects).

    Example:
        >>> ops.convert_to_tensor([1, 2], dtype="float32")
        Tensor([1., 2.], dtype=float32)
    """
    if any(flag is not None and flag is not False for flag in (sparse, ragged)):
        raise ValueError("convert_to_tensor: sparse and ragged tensors are not supported; pass a dense array.")
    if dtype is not None:
        if type(x) is not np.ndarray and engine.is_tensor(x) and dtype_name(x) == dtype:
            return x
        return cast(x, dtype) if not _is_text(x, dtype) else engine.tensor(np.asarray(x))
    return x if isinstance(x, KerasTensor) else of_its_own(tensor(x), (x,))


def _is_text(x: Any, dtype: Any) -> bool:
    return standardize_dtype(dtype) == "string" and not isinstance(x, KerasTensor)


def to_tensors(structure: Any) -> Any:
    """The NumPy arrays of a nested structure as tensors of their own; everything else, arrays of strings too, as it is."""
    if not tree.is_nested(structure):
        return _array_to_tensor(structure)
    return tree.map_structure(_array_to_tensor, structure)


def _array_to_tensor(x: Any) -> Any:
    return convert_to_tensor(x) if type(x) is np.ndarray and x.dtype.kind not in "USO" else x


@public("ops.convert_to_numpy")
def convert_to_numpy(x: TensorLike) -> np.ndarray:
    """`x` as a plain NumPy array, which nobody else holds.

    Raises: TypeError for a KerasTensor or a tensor of a traced function, which have no value.
    Example:
        >>> ops.convert_to_numpy([1.0, 2.0])
        array([1., 2.], dtype=float32)
    """
    if isinstance(x, KerasTensor):
        return np.asarray(x)
    return np.array(engine.numpy(tensor(x)))


@public("ops.is_tensor")
def is_tensor(x: TensorLike) -> bool:
    """Whether `x` is a tensor of the engine (a NumPy array on the native one), not a KerasTensor or a Variable."""
    return bool(engine.is_tensor(x))


@public("ops.shape")
def shape(x: TensorLike) -> tuple[int | None, ...]:
    """The shape of `x` as a tuple of ints; unknown sizes of a KerasTensor are None."""
    if hasattr(x, "shape"):
        return tuple(x.shape)
    return tuple(tensor(x).shape)


@public("ops.dtype")
def dtype(x: TensorLike) -> str:
    """The name of the dtype of `x`, such as `"float32"`."""
    if hasattr(x, "dtype"):
        return standardize_dtype(x.dtype)
    return dtype_name(tensor(x))


@public("ops.ndim", "ops.numpy.ndim")
def ndim(x: TensorLike) -> int:
    """The number of axes of `x`."""
    return len(shape(x))


@public("ops.size", "ops.numpy.size")
def size(x: TensorLike) -> int | None:
    """The number of elements of `x`, None if an axis is unknown."""
    total = 1
    for n in shape(x):
        if n is None:
            return None
        total *= n
    return total


@op("core")
def stop_gradient(variable: Any) -> Tensor:
    """`variable` itself, through which no gradient flows.

    Args:
        variable: `(...)`, any dtype.

    Returns: `(...)`, same dtype.

    Example:
        >>> ops.stop_gradient([1.0])
        Tensor([1.], dtype=float32)
    """
    return engine.stop_gradient(tensor(variable))


def imaginary_unit(x: Any) -> Any:
    """The imaginary unit, of as many bits as the float tensor `x`: a number of Python's would make it complex128."""
    return to(tensor(1j), "complex128" if dtype_name(x) == "float64" else "complex64")


# Functions that ask about a tensor are no calls here, but nodes in Keras, which files may hold.
make_operation("ConvertToTensor", convert_to_tensor, ("x",), "keras.src.ops.core")
make_operation("Ndim", lambda x: tensor(len(x.shape)), ("x",), "keras.src.ops.numpy")
make_operation("Size", lambda x: tensor(math.prod(x.shape)), ("x",), "keras.src.ops.numpy")
