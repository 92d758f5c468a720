"""Functions of `tensorflow.math` and `tensorflow` for which lamina.ops has another name or another order of arguments."""

from typing import Any

from lamina import ops


def segment_sum(data: Any, segment_ids: Any, name: Any = None) -> Any:
    """The sums of rows of the same segment; the segments are sorted from 0 up."""
    return ops.segment_sum(data, segment_ids, sorted=True)


def unsorted_segment_sum(data: Any, segment_ids: Any, num_segments: int, name: Any = None) -> Any:
    """The sums of rows of the same segment, of so many."""
    return ops.segment_sum(data, segment_ids, num_segments)


def segment_mean(data: Any, segment_ids: Any, name: Any = None) -> Any:
    """The means of rows of the same segment, 0 of segments without rows."""
    data = ops.convert_to_tensor(data)
    counts = segment_sum(ops.ones_like(data), segment_ids)
    return ops.divide_no_nan(segment_sum(data, segment_ids), counts)


def confusion_matrix(
    labels: Any, predictions: Any, num_classes: int | None = None, weights: Any = None, dtype: Any = "int32",
    name: Any = None,
) -> Any:  # fmt: skip
    """How often each class, by row, was taken for each class, by column: `(classes, classes)`."""
    labels, predictions = (ops.reshape(ops.convert_to_tensor(v), (-1,)) for v in (labels, predictions))
    if num_classes is None:
        num_classes = int(ops.maximum(ops.max(labels), ops.max(predictions))) + 1
    rows, columns = (ops.one_hot(v, num_classes) for v in (labels, predictions))
    if weights is not None:
        rows = rows * ops.reshape(ops.cast(weights, rows.dtype), (-1, 1))
    return ops.cast(ops.matmul(ops.transpose(rows), columns), dtype)


def in_top_k(targets: Any, predictions: Any, k: int, name: Any = None) -> Any:
    """Whether the target class is among the `k` highest predictions."""
    return ops.in_top_k(targets, predictions, k)


def reciprocal_no_nan(x: Any, name: Any = None) -> Any:
    """1 / x, and 0 where x is 0."""
    return ops.divide_no_nan(ops.ones_like(x), x)


def multiply_no_nan(x: Any, y: Any, name: Any = None) -> Any:
    """x y, and 0 where y is 0, whatever x is."""
    none = ops.equal(y, 0)
    return ops.where(none, 0.0, ops.multiply(ops.where(none, 0.0, x), y))


def xlogy(x: Any, y: Any, name: Any = None) -> Any:
    """x log(y), and 0 where x is 0."""
    none = ops.equal(x, 0)
    return ops.where(none, 0.0, x * ops.log(ops.where(none, 1.0, y)))


def count_nonzero(input: Any, axis: Any = None, keepdims: bool = False, dtype: Any = "int64", name: Any = None) -> Any:
    """How many entries are not zero."""
    return ops.sum(ops.cast(ops.not_equal(input, 0), dtype), axis=axis, keepdims=keepdims)


def zero_fraction(value: Any, name: Any = None) -> Any:
    """The share of entries that are zero, float32."""
    return ops.mean(ops.cast(ops.equal(value, 0), "float32"))


def cumprod(x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False, name: Any = None) -> Any:
    """The product of all entries up to each, along an axis; `exclusive`: without its own, `reverse`: from the end."""
    x = ops.flip(x, axis) if reverse else ops.convert_to_tensor(x)
    y = ops.cumprod(x, axis=axis)
    if exclusive:
        ones, kept = ops.split(ops.ones_like(x), [1], axis)[0], ops.split(y, [x.shape[axis] - 1], axis)[0]
        y = ops.concatenate([ones, kept], axis)
    return ops.flip(y, axis) if reverse else y


def clip_by_global_norm(t_list: Any, clip_norm: float, use_norm: Any = None, name: Any = None) -> Any:
    """The tensors scaled so that their common norm is at most `clip_norm`, and the norm that they had."""
    norm = ops.sqrt(sum(ops.sum(ops.square(t)) for t in t_list if t is not None)) if use_norm is None else use_norm
    scale = clip_norm / ops.maximum(norm, clip_norm)
    return [None if t is None else t * scale for t in t_list], norm


def slice_(input_: Any, begin: Any, size: Any, name: Any = None) -> Any:
    """The part that begins there and is so large; a size of -1 is all that is left."""
    sizes = [input_.shape[axis] - int(b) if int(n) == -1 else int(n) for axis, (b, n) in enumerate(zip(begin, size))]
    return ops.slice(input_, begin, sizes)


def ensure_shape(x: Any, shape: Any, name: Any = None) -> Any:
    """`x` as it is. Raises ValueError if it has another shape; None is any size."""
    if len(x.shape) != len(shape) or any(None not in (m, n) and m != n for m, n in zip(x.shape, shape)):
        raise ValueError(f"tf.ensure_shape: expected the shape {tuple(shape)}; got {tuple(x.shape)}.")
    return x


_OWN = (segment_sum, unsorted_segment_sum, segment_mean, confusion_matrix, in_top_k, reciprocal_no_nan, multiply_no_nan,
        xlogy, count_nonzero, zero_fraction, cumprod)  # fmt: skip
MATH: dict[str, Any] = {
    **{f.__name__: f for f in _OWN},
    **{name: getattr(ops, name) for name in ("bincount", "angle", "conj", "real", "imag")},
    "scalar_mul": lambda scalar, x, name=None: ops.multiply(scalar, x),
    "accumulate_n": lambda inputs, shape=None, tensor_dtype=None, name=None: sum(inputs[1:], inputs[0]),
}
TOP: dict[str, Any] = {
    "clip_by_global_norm": clip_by_global_norm,
    "slice": slice_,
    "ensure_shape": ensure_shape,
    "broadcast_to": lambda input, shape, name=None: ops.broadcast_to(input, tuple(int(n) for n in shape)),
    "saturate_cast": lambda value, dtype, name=None: ops.saturate_cast(value, dtype),
}
