"""The array functions of TensorFlow that programs with Keras use, on lamina's tensors."""

from typing import Any

import numpy as np

from lamina import ops
from lamina.data._elements import Element as _Element
from lamina.variables import Variable as _Variable

newaxis = None


def dtype_name(dtype: Any) -> Any:
    """The name of a dtype given as a string, a NumPy dtype or one of `tf.float32`, ...; None stays."""
    return None if dtype is None else ops.standardize_dtype(dtype)


class Variable(_Variable):
    """A variable made from its initial value."""

    def __init__(
        self, initial_value: Any = None, trainable: bool = True, validate_shape: bool = True, name: str | None = None,
        dtype: Any = None, shape: Any = None, constraint: Any = None, **ignored: Any,
    ):  # fmt: skip
        if initial_value is None:
            raise ValueError("tf.Variable: initial_value is missing.")
        if callable(initial_value) and not hasattr(initial_value, "__array__"):
            initial_value = initial_value()
        name = None if name is None else name.split(":")[0].replace("/", "_")
        super().__init__(convert_to_tensor(initial_value, dtype), trainable=trainable, name=name)
        self.constraint = constraint

    def read_value(self) -> Any:
        """The value now."""
        return self.value


def constant(value: Any, dtype: Any = None, shape: Any = None, name: Any = None) -> Any:
    """A tensor; a single number fills `shape`."""
    tensor = convert_to_tensor(value, dtype)
    if shape is None:
        return tensor
    return ops.broadcast_to(tensor, tuple(shape)) if not tensor.shape else ops.reshape(tensor, tuple(shape))


def convert_to_tensor(value: Any, dtype: Any = None, dtype_hint: Any = None, name: Any = None) -> Any:
    """`value` as a tensor."""
    return ops.convert_to_tensor(value, dtype=dtype_name(dtype))


def cast(x: Any, dtype: Any, name: Any = None) -> Any:
    """`x` in another dtype; floats to integers towards zero."""
    return ops.cast(x, dtype_name(dtype))


class Sizes(np.ndarray):
    """Sizes as an array and not as a tensor: their values are known inside a traced step too."""

    def numpy(self) -> np.ndarray:
        return np.array(self)


def shape(input: Any, out_type: Any = None, name: Any = None) -> Any:
    """The sizes, as integers; as a tuple with None where some are not known yet."""
    sizes = ops.shape(input)
    return sizes if None in sizes else np.array(sizes, dtype="int32").view(Sizes)


def rank(input: Any, name: Any = None) -> int:
    """The number of axes."""
    return len(input.shape)


def size(input: Any, out_type: Any = None, name: Any = None) -> Any:
    """The number of elements."""
    return ops.size(input)


def _reduction(name: str, operation: Any) -> Any:
    def function(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: Any = None) -> Any:
        axes = tuple(axis) if isinstance(axis, list) else axis
        return operation(input_tensor, axis=axes, keepdims=keepdims)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`ops.{operation.__name__}` over axes, all by default."
    return function


reduce_sum = _reduction("reduce_sum", ops.sum)
reduce_mean = _reduction("reduce_mean", ops.mean)
reduce_max = _reduction("reduce_max", ops.max)
reduce_min = _reduction("reduce_min", ops.min)
reduce_prod = _reduction("reduce_prod", ops.prod)
reduce_any = _reduction("reduce_any", ops.any)
reduce_all = _reduction("reduce_all", ops.all)
reduce_std = _reduction("reduce_std", ops.std)
reduce_variance = _reduction("reduce_variance", ops.var)
reduce_logsumexp = _reduction("reduce_logsumexp", ops.logsumexp)


def of_one(name: str, operation: Any) -> Any:
    def function(x: Any, name: Any = None) -> Any:
        return operation(x)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`ops.{operation.__name__}` of every element."
    return function


def _of_two(name: str, operation: Any) -> Any:
    def function(x: Any, y: Any, name: Any = None) -> Any:
        return operation(x, y)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`ops.{operation.__name__}` of two tensors, element by element."
    return function


# TensorFlow's name -> the name in `ops`.
_ONE = {
    **{
        n: n
        for n in (
            "abs", "ceil", "cos", "cosh", "erf", "exp", "expm1", "floor", "log", "log1p", "logical_not", "negative",
            "reciprocal", "round", "rsqrt", "sigmoid", "sign", "sin", "sinh", "softplus", "sqrt", "square", "tan", "tanh",
            "zeros_like", "ones_like", "stop_gradient",
        )
    },
    "acos": "arccos", "asin": "arcsin", "atan": "arctan", "is_nan": "isnan", "is_inf": "isinf", "is_finite": "isfinite",
    "identity": "copy",
}  # fmt: skip
_TWO = {
    **{
        n: n
        for n in (
            "add", "subtract", "multiply", "divide", "maximum", "minimum", "equal", "not_equal", "greater",
            "greater_equal", "less", "less_equal", "logical_and", "logical_or", "logical_xor",
        )
    },
    "pow": "power", "mod": "mod", "floormod": "mod", "floordiv": "floor_divide", "truediv": "true_divide",
    "divide_no_nan": "divide_no_nan", "atan2": "arctan2",
}  # fmt: skip


def squared_difference(x: Any, y: Any, name: Any = None) -> Any:
    """(x - y)²."""
    return ops.square(ops.subtract(x, y))


def add_n(inputs: Any, name: Any = None) -> Any:
    """The sum of a list of tensors."""
    total = inputs[0]
    for x in inputs[1:]:
        total = ops.add(total, x)
    return total


def matmul(a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False, name: Any = None) -> Any:
    """The matrix product."""
    a = ops.swapaxes(a, -1, -2) if transpose_a else a
    return ops.matmul(a, ops.swapaxes(b, -1, -2) if transpose_b else b)


def tensordot(a: Any, b: Any, axes: Any, name: Any = None) -> Any:
    """The product summed over axes of both."""
    return ops.tensordot(a, b, axes=axes)


def einsum(equation: str, *inputs: Any, name: Any = None) -> Any:
    """The product that a formula of letters describes."""
    return ops.einsum(equation, *inputs)


def reshape(tensor: Any, shape: Any, name: Any = None) -> Any:
    """The same elements in another shape; one size may be -1."""
    return ops.reshape(tensor, tuple(int(s) for s in shape))


def transpose(a: Any, perm: Any = None, name: Any = None) -> Any:
    """Axes in another order, reversed by default."""
    return ops.transpose(a, None if perm is None else tuple(perm))


def concat(values: Any, axis: int, name: Any = None) -> Any:
    """Tensors joined along an axis."""
    values = list(values) if isinstance(values, (list, tuple)) else [values]
    return ops.concatenate(values, axis=axis)


def stack(values: Any, axis: int = 0, name: Any = None) -> Any:
    """Tensors stacked along a new axis."""
    return ops.stack(values, axis=axis)


def unstack(value: Any, num: Any = None, axis: int = 0, name: Any = None) -> Any:
    """The entries along an axis as a list."""
    return list(ops.unstack(value, num, axis))


def split(value: Any, num_or_size_splits: Any, axis: int = 0, num: Any = None, name: Any = None) -> Any:
    """A list of parts along an axis: so many equal ones, or of these sizes."""
    if isinstance(num_or_size_splits, int):
        return list(ops.split(value, num_or_size_splits, axis=axis))
    return list(ops.split(value, [int(i) for i in np.cumsum(num_or_size_splits)[:-1]], axis=axis))


def expand_dims(input: Any, axis: int = -1, name: Any = None) -> Any:
    """With a new axis of size 1."""
    return ops.expand_dims(input, axis)


def squeeze(input: Any, axis: Any = None, name: Any = None) -> Any:
    """Without axes of size 1."""
    return ops.squeeze(input, tuple(axis) if isinstance(axis, list) else axis)


def tile(input: Any, multiples: Any, name: Any = None) -> Any:
    """The whole tensor repeated along its axes."""
    return ops.tile(input, tuple(int(m) for m in multiples))


def repeat(input: Any, repeats: Any, axis: Any = None, name: Any = None) -> Any:
    """Every element repeated."""
    return ops.repeat(input, repeats, axis=axis)


def reverse(tensor: Any, axis: Any, name: Any = None) -> Any:
    """Elements in reversed order along axes."""
    return ops.flip(tensor, axis=tuple(axis) if isinstance(axis, list) else axis)


def pad(tensor: Any, paddings: Any, mode: str = "CONSTANT", constant_values: Any = 0, name: Any = None) -> Any:
    """With elements before and after along each axis."""
    mode = mode.lower()
    widths = tuple(tuple(int(n) for n in pair) for pair in paddings)
    return ops.pad(tensor, widths, mode=mode, constant_values=constant_values if mode == "constant" else None)


def gather(params: Any, indices: Any, validate_indices: Any = None, axis: int = 0, name: Any = None) -> Any:
    """The entries of an axis at these places."""
    return ops.take(params, indices, axis=axis)


def boolean_mask(tensor: Any, mask: Any, axis: Any = None, name: Any = None) -> Any:
    """The entries of the first axes where the mask is true."""
    return ops.convert_to_tensor(np.asarray(tensor)[np.asarray(mask)])


def where(condition: Any, x: Any = None, y: Any = None, name: Any = None) -> Any:
    """`x` where the condition holds, `y` elsewhere; the places where it holds, `(count, axes)`, without them."""
    if x is None:
        return ops.convert_to_tensor(np.argwhere(np.asarray(condition)))
    return ops.where(condition, x, y)


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: Any = None) -> Any:
    """`t` held between two bounds."""
    return ops.clip(t, clip_value_min, clip_value_max)


def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: Any = None) -> Any:
    """`t` scaled down where its Euclidean norm is above `clip_norm`."""
    norm = ops.sqrt(ops.sum(ops.square(t), axis=axes, keepdims=True))
    return ops.multiply(t, ops.divide(clip_norm, ops.maximum(norm, clip_norm)))


def norm(tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: bool = False, name: Any = None) -> Any:
    """The norm over axes, all by default."""
    if axis is None and not keepdims:
        tensor, axis = ops.reshape(tensor, (-1,)), 0
    return ops.norm(tensor, ord=2 if ord == "euclidean" else ord, axis=axis, keepdims=keepdims)


def argmax(input: Any, axis: int = 0, output_type: Any = "int64", name: Any = None) -> Any:
    """The place of the largest element along an axis, the first by default."""
    return ops.cast(ops.argmax(input, axis=axis), dtype_name(output_type))


def argmin(input: Any, axis: int = 0, output_type: Any = "int64", name: Any = None) -> Any:
    """The place of the smallest element along an axis, the first by default."""
    return ops.cast(ops.argmin(input, axis=axis), dtype_name(output_type))


def argsort(values: Any, axis: int = -1, direction: str = "ASCENDING", stable: bool = False, name: Any = None) -> Any:
    """The places of the elements in order of size."""
    return ops.argsort(values if direction == "ASCENDING" else ops.negative(values), axis=axis)


def sort(values: Any, axis: int = -1, direction: str = "ASCENDING", name: Any = None) -> Any:
    """The elements in order of size."""
    found = ops.sort(values, axis=axis)
    return found if direction == "ASCENDING" else ops.flip(found, axis=axis)


def cumsum(x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False, name: Any = None) -> Any:
    """The running sum along an axis."""
    found = ops.flip(ops.cumsum(ops.flip(x, axis=axis), axis=axis), axis=axis) if reverse else ops.cumsum(x, axis=axis)
    return ops.subtract(found, x) if exclusive else found


def zeros(shape: Any, dtype: Any = "float32", name: Any = None) -> Any:
    """Zeros."""
    return ops.zeros(sizes_of(shape), dtype=dtype_name(dtype))


def ones(shape: Any, dtype: Any = "float32", name: Any = None) -> Any:
    """Ones."""
    return ops.ones(sizes_of(shape), dtype=dtype_name(dtype))


def fill(dims: Any, value: Any, name: Any = None) -> Any:
    """One value everywhere."""
    return ops.broadcast_to(ops.convert_to_tensor(value), sizes_of(dims))


def eye(num_rows: int, num_columns: Any = None, dtype: Any = "float32", name: Any = None) -> Any:
    """The unit matrix."""
    return ops.eye(num_rows, num_columns, dtype=dtype_name(dtype))


def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: Any = None) -> Any:
    """Evenly spaced numbers; from 0 to `start` if `limit` is None."""
    return ops.arange(start, limit, delta, dtype=dtype_name(dtype))


def linspace(start: Any, stop: Any, num: int, name: Any = None, axis: int = 0) -> Any:
    """`num` evenly spaced numbers, both ends among them."""
    return ops.linspace(start, stop, num, axis=axis)


def one_hot(
    indices: Any, depth: int, on_value: Any = None, off_value: Any = None, axis: int = -1, dtype: Any = None,
    name: Any = None,
) -> Any:  # fmt: skip
    """1 (or on_value) at the place of each index, 0 (or off_value) elsewhere, along a new axis."""
    found = ops.one_hot(indices, int(depth), axis=axis, dtype=dtype_name(dtype) or "float32")
    if on_value is None and off_value is None:
        return found
    low = 0 if off_value is None else off_value
    return ops.add(ops.multiply(found, (1 if on_value is None else on_value) - low), low)


def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor or variable."""
    return ops.is_tensor(x) or ops.is_keras_tensor(x) or isinstance(x, (_Variable, _Element))


def print_(*inputs: Any, output_stream: Any = None, sep: str = " ", end: str = "\n", **ignored: Any) -> None:
    """Prints tensors that have values."""
    print(*(x.numpy() if hasattr(x, "numpy") else x for x in inputs), sep=sep, end=end, file=output_stream)


def sizes_of(shape: Any) -> tuple[Any, ...]:
    return (int(shape),) if np.ndim(shape) == 0 else tuple(int(s) for s in shape)


ELEMENTWISE = {
    **{name: of_one(name, getattr(ops, own)) for name, own in _ONE.items()},
    **{name: _of_two(name, getattr(ops, own)) for name, own in _TWO.items()},
}
