"""`TensorLayout`: along which axes of a mesh a tensor is cut."""

from collections.abc import Sequence
from typing import Any

from lamina._public import public

from ._device_mesh import DeviceMesh
from ._machinery import machinery


@public("distribution.TensorLayout")
class TensorLayout:
    """How a tensor lies on the devices of a mesh.

    Args:
        axes: for each axis of the tensor the name of the mesh's axis along which it is cut, or None where it is whole.
        device_mesh: the DeviceMesh; it may be given later, once.
    Raises ValueError for a name that the mesh has not.
    Example:
        >>> mesh = distribution.DeviceMesh((1,), ("model",), ["cpu:0"])
        >>> distribution.TensorLayout((None, "model"), mesh).axes
        (None, 'model')
    """

    def __init__(self, axes: Sequence[Any], device_mesh: DeviceMesh | None = None):
        self._axes = tuple(axes)
        self._device_mesh: DeviceMesh | None = None
        self._backend_layout: Any = None
        if device_mesh is not None:
            self.device_mesh = device_mesh

    @property
    def axes(self) -> tuple[Any, ...]:
        return self._axes

    @property
    def device_mesh(self) -> DeviceMesh | None:
        return self._device_mesh

    @device_mesh.setter
    def device_mesh(self, device_mesh: DeviceMesh) -> None:
        if self._device_mesh is not None:
            raise ValueError(f"TensorLayout: it has a mesh, {self._device_mesh}; it cannot be given another.")
        names = [name for axis in self._axes for name in (axis if isinstance(axis, tuple) else (axis,))]
        unknown = [name for name in names if name is not None and name not in device_mesh.axis_names]
        if unknown:
            raise ValueError(
                f"TensorLayout: the axes {self._axes} name {unknown}; the mesh has the axes {device_mesh.axis_names}."
            )
        self._device_mesh = device_mesh

    @property
    def backend_layout(self) -> Any:
        """The engine's own layout, such as a `jax.sharding.NamedSharding`. Raises ValueError without a mesh."""
        if self._device_mesh is None:
            raise ValueError(f"TensorLayout {self._axes}: it has no device_mesh yet, so it lies nowhere; give it one.")
        if self._backend_layout is None:
            self._backend_layout = machinery("TensorLayout").sharding(self)
        return self._backend_layout

    def check(self, shape: Sequence[int], what: str) -> None:
        """Raises ValueError, naming the layout and `what`, for a tensor of another rank, or whose axes cannot be cut so."""
        mesh = self._device_mesh
        if len(shape) != len(self._axes):
            raise ValueError(
                f"The layout {self._axes} is for {len(self._axes)} axes; {what} has {len(shape)}, its shape is {tuple(shape)}."
            )
        for axis, (size, name) in enumerate(zip(shape, self._axes)):
            parts = 1 if mesh is None else mesh.size(name)
            if size % parts:
                raise ValueError(
                    f"The layout {self._axes} cuts axis {axis} of {what}, of shape {tuple(shape)}, along {name!r} into {parts} "
                    f"parts; {size} does not divide by {parts}. Give None for that axis, or another size."
                )

    def __repr__(self) -> str:
        return f"<TensorLayout axes={self._axes}, device_mesh={self._device_mesh}>"
