"""`DeviceMesh`: devices in rows and columns, whose axes have names."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from lamina._public import public

from ._devices import list_devices
from ._machinery import machinery


@public("distribution.DeviceMesh")
class DeviceMesh:
    """The devices of a training as an array, whose axes layouts name.

    Args:
        shape: sizes of the axes, such as `(4, 2)`.
        axis_names: a name for each axis, such as `("batch", "model")`.
        devices: names as `list_devices` gives them, as many as the product of the shape; by default all.
    Raises ValueError, naming both, if shape and names or shape and devices do not fit together.
    Example:
        >>> distribution.DeviceMesh((1,), ("batch",), ["cpu:0"])
        <DeviceMesh shape=(1,), axis_names=('batch',)>
    """

    def __init__(self, shape: Sequence[int], axis_names: Sequence[str], devices: Any = None):
        if not shape or not axis_names:
            raise ValueError(f"DeviceMesh: shape and axis_names must not be empty; got {shape!r} and {axis_names!r}.")
        shape, axis_names = tuple(shape), tuple(axis_names)
        if len(shape) != len(axis_names):
            raise ValueError(
                f"DeviceMesh: shape and axis_names must be of one length, a name an axis; got {shape} and {axis_names}."
            )
        if len(set(axis_names)) < len(axis_names):
            raise ValueError(f"DeviceMesh: every axis needs a name of its own; got axis_names={axis_names}.")
        found = np.array(list_devices() if devices is None else devices)
        if math.prod(shape) != found.size:
            raise ValueError(
                f"DeviceMesh: the shape {shape} is for {math.prod(shape)} devices; there are {found.size}: "
                f"{_some(found.ravel().tolist())}. Change the shape, or give as many devices=."
            )
        self._shape: tuple[int, ...] = shape
        self._axis_names: tuple[str, ...] = axis_names
        self._devices = found.reshape(shape)
        self._backend_mesh: Any = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self._shape

    @property
    def axis_names(self) -> tuple[str, ...]:
        return self._axis_names

    @property
    def devices(self) -> np.ndarray:
        """Their names, an array of the mesh's shape."""
        return self._devices

    @property
    def backend_mesh(self) -> Any:
        """The engine's own mesh, such as a `jax.sharding.Mesh`."""
        if self._backend_mesh is None:
            self._backend_mesh = machinery("DeviceMesh").mesh(self)
        return self._backend_mesh

    def size(self, axes: Any) -> int:
        """How many parts a tensor's axis has that is cut along these axes of the mesh: a name, several, or None for none."""
        names = () if axes is None else (axes,) if isinstance(axes, str) else axes
        return math.prod(self._shape[self._axis_names.index(name)] for name in names)

    def __repr__(self) -> str:
        return f"<DeviceMesh shape={self._shape}, axis_names={self._axis_names}>"


def _some(names: list[str]) -> str:
    shown = ", ".join(map(str, names[:8]))
    return f"{shown}, ..." if len(names) > 8 else shown
