"""What a layer accepts: rank, shape and dtype of its inputs, checked before it is called."""

from typing import Any

from lamina import tree
from lamina._public import public
from lamina._typing import Axis, DType, Shape


@public("InputSpec", "layers.InputSpec")
class InputSpec:
    """Rank, dtype and shape of one input of a layer.

    Args:
        dtype: name of the expected dtype.
        shape: tuple[Any, ...], None where any size will do.
        ndim: expected rank. max_ndim, min_ndim: its bounds.
        axes: dict[str, Any] from axis to expected size.
        allow_last_axis_squeeze: whether `(..., n)` and `(..., n, 1)` are taken for each other.
        name: key of the input in a dict of inputs.
        optional: whether None will do.
    Example:
        >>> layers.InputSpec(shape=(None, 3), ndim=2).shape
        (None, 3)
    """

    def __init__(
        self,
        dtype: DType = None,
        shape: Shape = None,
        ndim: Any = None,
        max_ndim: Any = None,
        min_ndim: Any = None,
        axes: Axis = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ):
        self.dtype = dtype
        self.shape: Any = None if shape is None else tuple(shape)
        self.ndim: Any = ndim if shape is None else len(self.shape)
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.name = name
        self.optional = optional
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        try:
            self.axes: Any = {int(k): axes[k] for k in axes or {}}
        except (TypeError, ValueError):
            raise TypeError(f"InputSpec: axes must map ints to sizes; got {axes!r}.") from None
        limit = self.ndim if self.ndim is not None else self.max_ndim
        if self.axes and limit is not None and max(self.axes) >= limit:
            raise ValueError(f"InputSpec: axis {max(self.axes)} is outside an input of {limit} axes.")

    def __repr__(self) -> str:
        parts = (
            f"dtype={self.dtype}" if self.dtype else "",
            f"shape={self.shape}" if self.shape else "",
            f"ndim={self.ndim}" if self.ndim else "",
            f"max_ndim={self.max_ndim}" if self.max_ndim else "",
            f"min_ndim={self.min_ndim}" if self.min_ndim else "",
            f"axes={self.axes}" if self.axes else "",
        )
        return f"InputSpec({', '.join(p for p in parts if p)})"

    def get_config(self) -> dict[str, Any]:
        names = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "InputSpec":
        return cls(**config)


def check_inputs(input_spec: Any, inputs: Any, owner: str, built_on: Any = None) -> None:
    """Raises ValueError, naming the layer, the input, its shape and what was expected, unless `inputs` fit."""
    if not input_spec:
        return
    specs = tree.flatten(input_spec)
    if isinstance(inputs, dict) and all(spec is not None and spec.name for spec in specs):
        missing = [spec.name for spec in specs if spec.name not in inputs and not spec.optional]
        if missing:
            raise ValueError(f"{owner}: no input for {missing}; got the keys {sorted(inputs)}.")
        values = [inputs.get(spec.name) for spec in specs]
    else:
        values = tree.flatten(inputs)
    if len(values) != len(specs):
        raise ValueError(
            f"{owner} expects {len(specs)} input(s); got {len(values)}: {[getattr(v, 'shape', v) for v in values]}."
        )
    for index, (value, spec) in enumerate(zip(values, specs)):
        if spec is None or (value is None and spec.optional):
            continue
        which = "its input" if len(specs) == 1 else f"input {spec.name or index}"
        shape = getattr(value, "shape", None)
        if shape is None:
            raise ValueError(f"{owner}: {which} must be a tensor; got {value!r}.")
        problem = _mismatch(spec, tuple(shape))
        if problem:
            history = f" (it was built on {built_on})" if built_on is not None else ""
            raise ValueError(
                f"{owner} expected {which} to have {problem}{history}; got shape {tuple(shape)}{_origin(value)}."
                f"{_advice(spec, value)}"
            )


def _origin(value: Any) -> str:
    """Which layer a symbolic input comes from, for the message."""
    history = getattr(value, "_keras_history", None)
    return f' from "{history.operation.name}"' if history is not None else ""


def _advice(spec: InputSpec, value: Any) -> str:
    """What to do where a recurrent layer gave its last output alone, or pictures have no channels."""
    before = getattr(getattr(value, "_keras_history", None), "operation", None)
    wanted = spec.ndim or spec.min_ndim or 0
    if len(value.shape) >= wanted:
        return ""
    if getattr(before, "return_sequences", True):
        is_grey = wanted >= 4 and len(value.shape) == wanted - 1
        return " If the axis of channels is missing: x[..., np.newaxis], or a Reshape before it." if is_grey else ""
    return (
        f' Give "{before.name}" return_sequences=True: it then gives an output for every step, not for the last alone.'
    )


def _mismatch(spec: InputSpec, shape: tuple[Any, ...]) -> str:
    ndim = len(shape)
    if spec.ndim is not None and not spec.allow_last_axis_squeeze and ndim != spec.ndim:
        return f"{spec.ndim} axes"
    if spec.max_ndim is not None and ndim > spec.max_ndim:
        return f"at most {spec.max_ndim} axes"
    if spec.min_ndim is not None and ndim < spec.min_ndim:
        return f"at least {spec.min_ndim} axes"
    for axis, size in spec.axes.items():
        if -ndim <= axis < ndim and size is not None and shape[axis] not in (size, None):
            return f"{size} on axis {axis}"
    if spec.shape is not None:
        expected = spec.shape
        if spec.allow_last_axis_squeeze:
            if shape and shape[-1] == 1 and ndim == len(expected) + 1:
                shape = shape[:-1]
            elif expected and expected[-1] == 1 and len(expected) == ndim + 1:
                expected = expected[:-1]
        if len(shape) != len(expected):
            return f"shape {expected}"
        for axis, (size, want) in enumerate(zip(shape, expected)):
            if want is not None and size is not None and size != want:
                return f"shape {expected}, {want} on axis {axis}"
    return ""
