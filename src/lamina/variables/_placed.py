"""`Placed`: where the value of a variable lies, of several devices."""

from typing import Any

from lamina.engines import engine


class Placed:
    """The part of a variable that knows its layout."""

    _value: Any
    _tensor: Any
    _path: str
    _shape: tuple[int, ...]
    _layout: Any = None

    def _keep(self, tensor: Any) -> None:
        """Makes an array that never changes the value, there where the layout says."""
        layout = self._layout
        if layout is None:
            self._value = self._tensor = tensor
        else:
            self._value = engine.distribution.lay_out(tensor, layout.backend_layout)
            self._tensor = engine.distribution.local(self._value)

    def lay_out(self, spread: Any) -> None:
        """Brings the value to the devices of a distribution. Raises ValueError if it lies on another mesh."""
        layout = spread.get_variable_layout(self)
        if layout.device_mesh is not spread.device_mesh:
            raise ValueError(
                f"Variable {self._path!r} lies on {layout.device_mesh}, the distribution in use is over {spread.device_mesh}. "
                "Make the model under the distribution, or load it from a file there."
            )
        if layout is not self._layout:
            self._take_layout(layout)

    def _take_layout(self, layout: Any) -> None:
        """Raises ValueError if the layout does not fit the shape, NotImplementedError on an engine that cannot cut variables."""
        layout.check(self._shape, f"variable {self._path!r}")
        if engine.MUTABLE and any(layout.device_mesh.size(axis) > 1 for axis in layout.axes):
            raise NotImplementedError(
                f"Variable {self._path!r}: the {engine.NAME} engine does not cut variables, as the layout {layout.axes} "
                "asks. The jax engine does (LAMINA_ENGINE=jax)."
            )
        self._layout = layout
        if not engine.MUTABLE:
            self._keep(self._value)
