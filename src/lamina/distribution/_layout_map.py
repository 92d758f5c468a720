"""`LayoutMap`: layouts by regular expressions on the paths of variables."""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from lamina._public import public

from ._device_mesh import DeviceMesh
from ._tensor_layout import TensorLayout


@public("distribution.LayoutMap")
class LayoutMap(MutableMapping):
    """Layouts for variables, found by their paths.

    A key is a path or a regular expression for whole paths, such as `".*kernel"`; `path + "/output"` of a layer is that of what
    the layer gives. A value is a TensorLayout, or a tuple of its axes.

    Args:
        device_mesh: the DeviceMesh of the layouts that have none.
    Raises ValueError for a key that is there already, for a path that several keys fit, and for a key that is no regular
        expression; TypeError for a value that is no layout.
    Example:
        >>> layouts = distribution.LayoutMap(distribution.DeviceMesh((1,), ("model",), ["cpu:0"]))
        >>> layouts[".*dense.*kernel"] = (None, "model")
        >>> layouts["dense_1/kernel"].axes, layouts["conv2d/kernel"]
        ((None, 'model'), None)
    """

    def __init__(self, device_mesh: DeviceMesh):
        self._device_mesh = device_mesh
        self._layouts: dict[str, TensorLayout] = {}

    @property
    def device_mesh(self) -> DeviceMesh:
        return self._device_mesh

    def __getitem__(self, key: str) -> TensorLayout | None:  # type: ignore[override]
        """The layout of that key, else that of the one expression that fits it, else None."""
        if key in self._layouts:
            return self._layouts[key]
        fitting = [pattern for pattern in self._layouts if re.fullmatch(pattern, key)]
        if len(fitting) > 1:
            raise ValueError(
                f"LayoutMap: {key!r} fits several keys, {fitting}; change them so that a path fits one at most."
            )
        return self._layouts[fitting[0]] if fitting else None

    def __setitem__(self, key: str, layout: Any) -> None:
        if key in self._layouts:
            raise ValueError(f"LayoutMap: there is a layout for {key!r} already, {self._layouts[key]}.")
        try:
            re.compile(key)
        except re.error as error:
            raise ValueError(f"LayoutMap: the key {key!r} is no regular expression ({error}).") from None
        if isinstance(layout, (tuple, list)):
            layout = TensorLayout(layout)
        if not isinstance(layout, TensorLayout):
            raise TypeError(
                f"LayoutMap: the value for {key!r} must be a TensorLayout or a tuple of axes; got {layout!r}."
            )
        if layout.device_mesh is None and self._device_mesh is not None:
            layout.device_mesh = self._device_mesh
        self._layouts[key] = layout

    def __delitem__(self, key: str) -> None:
        del self._layouts[key]

    def __len__(self) -> int:
        return len(self._layouts)

    def __iter__(self) -> Iterator[str]:
        return iter(self._layouts)
