"""Rematerialisation: what a layer computes is forgotten after the forward pass and computed again for the gradient."""

import math
import threading
from collections.abc import Callable, Sequence
from typing import Any

from lamina import tree
from lamina._public import public
from lamina.engines import engine
from lamina.variables import StateScope, get_scope

MODES = ("full", "activations", "larger_than", "list_of_layers", None)


class _Local(threading.local):
    scope: "RematScope | None" = None


_local = _Local()


@public("RematScope")
class RematScope:
    """Layers made inside save memory: they keep no intermediate values for the gradient, but compute them again.

    It pays on a device whose memory is full, on engines that differentiate through stored values (jax, torch); the native
    engine keeps what it needs either way, and results are the same everywhere.

    Args:
        mode: "full" for whole layers, "activations" for their activation functions, "larger_than" for layers whose output
            has more than `output_size_threshold` elements, "list_of_layers" for those named; None for none.
        output_size_threshold: int.
        layer_names: names of layers.
    Raises ValueError for another mode.
    Example:
        >>> with lamina.RematScope():
        ...     layer = layers.Dense(2)
        >>> layer(ops.ones((1, 3))).shape
        (1, 2)

    Reference: Chen et al., Training Deep Nets with Sublinear Memory Cost, 2016.
    """

    def __init__(
        self, mode: str | None = "full", output_size_threshold: int = 1024, layer_names: Sequence[str] | None = None
    ):
        if mode not in MODES:
            raise ValueError(f"RematScope: mode must be one of {', '.join(map(repr, MODES))}; got {mode!r}.")
        self.mode = mode
        self.output_size_threshold = output_size_threshold
        self.layer_names: Any = list(layer_names or ())

    def __enter__(self) -> "RematScope":
        self._outer = _local.scope
        _local.scope = self
        return self

    def __exit__(self, *exc: Any) -> None:
        _local.scope = self._outer

    def covers(self, layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """Whether a call of the layer is to be computed again."""
        if self.mode == "larger_than":
            specs = tree.flatten(layer.compute_output_spec(*args, **kwargs))
            return max(math.prod(n or 1 for n in s.shape) for s in specs) > self.output_size_threshold
        return self.mode == "full" or (self.mode == "list_of_layers" and layer.name in self.layer_names)


def current_remat() -> RematScope | None:
    """The innermost RematScope at work in this thread, or None."""
    return _local.scope


@public("remat")
def remat(f: Callable[..., Any]) -> Callable[..., Any]:
    """`f`, whose intermediate values are computed again for the gradient instead of being kept.

    Args:
        f: function of tensors; it may read and assign variables.
    Returns: a function that gives the same.
    Example:
        >>> square = lamina.remat(lambda x: x**2)
        >>> square(ops.array(3.0))
        Tensor(9., dtype=float32)
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        changed: list[Any] = []

        def pure(*inner: Any, **options: Any) -> Any:
            with StateScope() as scope:
                result = f(*inner, **options)
            pairs = list(scope.items())
            changed[:] = [variable for variable, _ in pairs]
            return result, [value for _, value in pairs], scope.losses

        result, values, losses = engine.remat(pure)(*args, **kwargs)
        for variable, value in zip(changed, values):
            variable.assign(value)
        outer = get_scope()
        if outer is not None:
            for loss in losses:
                outer.add_loss(loss)
        return result

    return call
