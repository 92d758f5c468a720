"""`distribute_tensor`: a tensor in another layout."""

from typing import Any

from lamina._public import public
from lamina.ops._symbolic import KerasTensor

from ._machinery import machinery
from ._tensor_layout import TensorLayout


@public("distribution.distribute_tensor")
def distribute_tensor(tensor: Any, layout: Any) -> Any:
    """The tensor, lying as the layout says, inside a step or outside.

    Args:
        tensor: tensor; a KerasTensor is returned as it is.
        layout: TensorLayout with a mesh.
    Raises ValueError if the layout does not fit the tensor; NotImplementedError on an engine without layouts.
    Example:
        >>> layout = distribution.TensorLayout(("batch", None), distribution.DeviceMesh((1,), ("batch",), ["cpu:0"]))
        >>> x = lamina.Input((2,))
        >>> distribution.distribute_tensor(x, layout) is x
        True
    """
    if isinstance(tensor, KerasTensor):
        return tensor
    found = machinery("distribute_tensor")
    if isinstance(layout, TensorLayout):
        layout.check(tensor.shape, "the tensor")
        layout = layout.backend_layout
    return found.lay_out(tensor, layout)
