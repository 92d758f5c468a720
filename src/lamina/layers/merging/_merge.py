"""The base of layers that join several tensors elementwise."""

from typing import Any, Unpack

from lamina import ops
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._layer import Layer
from .._base._specs import dtype_inside, specs_of


class Merge(Layer):
    """Joins a list of tensors. Shapes must be equal or broadcast; a subclass defines `_join` on a list of tensors."""

    least = 1

    def __init__(self, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        self._check_shapes(input_shape)

    def _check_shapes(self, shapes: Any, origins: Any = None) -> None:
        if not isinstance(shapes, (list, tuple)) or not shapes or not isinstance(shapes[0], (list, tuple)):
            raise ValueError(f"{self._owner}: expected a list of tensors; got one of shape {shapes}.")
        if len(shapes) < self.least:
            raise ValueError(f"{self._owner}: expected at least {self.least} tensors; got {len(shapes)}.")
        batches = {s[0] for s in shapes if s and s[0] is not None}
        if len(batches) > 1 and 1 not in batches:
            raise ValueError(f"{self._owner}: the batch sizes differ: {_listing(shapes, origins)}.")
        self._joined_shape(shapes, origins)

    def _joined_shape(self, shapes: Any, origins: Any = None) -> tuple[Any, ...]:
        """The broadcast of all shapes; those of lower rank get axes of size 1 behind the batch."""
        rank = max(len(s) for s in shapes)
        aligned = [(*s[:1], *(1,) * (rank - len(s)), *s[1:]) for s in shapes]
        joined: list[Any] = []
        for axis, sizes in enumerate(zip(*aligned)):
            known = {s for s in sizes if s not in (None, 1)}
            if len(known) > 1:
                raise ValueError(
                    f"{self._owner}: the shapes do not fit on axis {axis}, where they have {sorted(known)}: "
                    f"{_listing(shapes, origins)}."
                )
            joined.append(known.pop() if known else None if None in sizes else 1)
        return tuple(joined)

    def __call__(self, inputs: TensorLike, **kwargs: Any) -> Any:
        if isinstance(inputs, (list, tuple)) and all(hasattr(x, "shape") for x in inputs):
            self._check_shapes([tuple(x.shape) for x in inputs], inputs)
        return super().__call__(inputs, **kwargs)

    def call(self, inputs: TensorLike) -> Any:
        if not isinstance(inputs, (list, tuple)):
            raise ValueError(f"{self._owner}: expected a list of tensors; got {inputs!r}.")
        rank = max(len(x.shape) for x in inputs)
        return self._join([_with_rank(x, rank) for x in inputs])

    def _join(self, inputs: list[Any]) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define _join().")

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self._joined_shape([tuple(s) for s in input_shape])

    def compute_output_spec(self, inputs: TensorLike) -> Any:
        shape = self.compute_output_shape([tuple(x.shape) for x in inputs])
        return specs_of(shape, ops.result_type(*(dtype_inside(self, x) for x in inputs)))

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None) -> Any:
        """True where all inputs that have a mask are valid."""
        joined = None
        for one in mask or ():
            if one is not None:
                joined = one if joined is None else ops.logical_and(joined, one)
        return joined


def _with_rank(x: Any, rank: int) -> Any:
    missing = rank - len(x.shape)
    return x if not missing else ops.reshape(x, (x.shape[0], *(1,) * missing, *x.shape[1:]))


def _listing(shapes: Any, origins: Any) -> str:
    """The shapes, each with the layer it comes from."""
    parts = []
    for i, shape in enumerate(shapes):
        history = getattr(origins[i], "_keras_history", None) if origins is not None else None
        parts.append(f"{tuple(shape)}" + (f' from "{history.operation.name}"' if history is not None else ""))
    return ", ".join(parts)
