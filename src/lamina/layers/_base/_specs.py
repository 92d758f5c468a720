"""Output specs of layers that keep the dtype of their input."""

from typing import Any

from lamina import ops
from lamina.ops._symbolic import KerasTensor

from ._call import map_shapes


def dtype_inside(layer: Any, x: Any) -> str:
    """The dtype of `x` once the layer has cast its float inputs."""
    dtype = ops.standardize_dtype(x.dtype)
    return layer.compute_dtype if layer.autocast and ops.is_float_dtype(dtype) else dtype


def keep_dtype(layer: Any, x: Any) -> Any:
    """The spec of a layer that gives its input another shape."""
    return specs_of(layer.compute_output_shape(tuple(x.shape)), dtype_inside(layer, x))


def specs_of(shapes: Any, dtype: str) -> Any:
    """KerasTensors of one dtype for a shape, or a structure of shapes as an override of `compute_output_shape` may give."""
    return map_shapes(lambda shape: KerasTensor(shape, dtype), shapes)
