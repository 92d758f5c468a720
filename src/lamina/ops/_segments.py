"""Sums, products and extremes of the rows of each segment."""

from typing import Any

import numpy as np

from lamina._typing import Segments, Tensor, TensorLike

from ._backend import kernels, xp
from ._concrete import concrete
from ._convert import tensor, to
from ._dtypes import dtype_name, is_float_dtype
from ._op import op


def _segments(name: str, text: str, body: Any) -> Any:
    def function(
        data: TensorLike, segment_ids: TensorLike, num_segments: int | None = None, sorted: bool = False
    ) -> Tensor:
        data, ids = tensor(data), to(tensor(segment_ids), "int32")
        if num_segments is None:
            values = concrete(ids, name)
            num_segments = int(values.max()) + 1 if values.size else 0
        return body(data, ids, int(num_segments))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"{text} of the rows of each segment.\n\nArgs:\n    data: `(n, ...)`.\n    segment_ids: `(n,)`, integer.\n"
        "    num_segments: int; found from the ids if None.\n    sorted: whether the ids are; changes nothing.\n\n"
        "Returns: `(num_segments, ...)`, dtype of `data`.\n"
    )
    return op("math", tensors="data segment_ids")(function)


def _scattered(mode: str, start: Any) -> Any:
    def body(data: Any, ids: Any, count: int) -> Any:
        value = start(dtype_name(data))
        base = xp.full((count, *data.shape[1:]), value, dtype=data.dtype)
        return kernels.scatter(base, xp.expand_dims(ids, -1), data, mode=mode)

    return body


def _lowest(name: str) -> Any:
    return -np.inf if is_float_dtype(name) else np.iinfo(name).min


def _highest(name: str) -> Any:
    return np.inf if is_float_dtype(name) else np.iinfo(name).max


segment_sum: Segments = _segments("segment_sum", "Sum", lambda data, ids, count: kernels.segment_sum(data, ids, count))
segment_max: Segments = _segments("segment_max", "Maximum", _scattered("max", _lowest))
segment_min: Segments = _segments("segment_min", "Minimum", _scattered("min", _highest))
segment_prod: Segments = _segments("segment_prod", "Product", _scattered("multiply", lambda name: 1))
