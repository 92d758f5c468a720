"""What the GradientTapes of all engines share: the checks, and the way from structures to flat lists and back."""

from typing import Any

import numpy as np

from lamina import tree


class Tape:
    """Records operations for automatic differentiation.

        with GradientTape() as tape:
            loss = ops.mean(ops.square(model(x) - y))
        gradients = tape.gradient(loss, model.trainable_variables)

    Args:
        persistent: whether `gradient` may be called more than once.
        watch_accessed_variables: whether variables are followed without `watch`.
    """

    xp: Any  # the engine's array namespace

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True):
        self.persistent = persistent
        self.watch_accessed_variables = watch_accessed_variables
        self._used = False
        self._variables: dict[int, tuple[Any, ...]] = {}  # by id: the variable, and what the engine keeps of it

    def watched_variables(self) -> tuple[Any, ...]:
        """The variables read so far."""
        return tuple(entry[0] for entry in self._variables.values())

    def gradient(
        self, target: Any, sources: Any, output_gradients: Any = None, unconnected_gradients: str = "none"
    ) -> Any:
        """The gradients of the sum of `target` with respect to `sources` (variables or watched tensors).

        Args:
            target: tensor or structure of tensors computed inside the tape.
            sources: structure of variables and watched tensors; the result has the same structure.
            output_gradients: weights for the elements of `target`, of its structure and shapes; ones by default.
            unconnected_gradients: `"none"` gives None where the target does not depend on a source, `"zero"` zeros.
        Raises RuntimeError on a second call unless the tape is persistent, ValueError for a target it did not record.
        """
        if unconnected_gradients not in ("none", "zero"):
            raise ValueError(
                f"gradient: unconnected_gradients must be 'none' or 'zero'; got {unconnected_gradients!r}."
            )
        if self._used and not self.persistent:
            raise RuntimeError("gradient was called twice; make the tape with GradientTape(persistent=True).")
        self._used = True
        targets, flat = tree.flatten(target), tree.flatten(sources)
        weights = [None] * len(targets) if output_gradients is None else tree.flatten(output_gradients)
        found = self._gradients(targets, weights, flat)
        if found is None:
            raise ValueError(
                "gradient: the target was not computed from anything that the tape follows. Compute it inside the "
                "`with` block from variables or from what `tape.watch(x)` returned."
            )
        if unconnected_gradients == "zero":
            found = [self.xp.zeros(tuple(s.shape), _name(s.dtype)) if g is None else g for g, s in zip(found, flat)]
        return tree.pack_sequence_as(sources, found)

    def _gradients(self, targets: list[Any], weights: list[Any], sources: list[Any]) -> list[Any] | None:
        """A gradient for each source, None where no target depends on it; None if the tape follows no target."""
        raise NotImplementedError

    def jacobian(self, target: Any, source: Any) -> Any:
        """The derivative of every element of `target` by every element of `source`: shape target.shape + source.shape.

        The tape must be persistent.
        """
        rows = []
        for i in range(int(np.prod(target.shape, dtype=int))):
            one = np.zeros(tuple(target.shape), _name(target.dtype))
            one.reshape(-1)[i] = 1
            rows.append(self.gradient(target, source, output_gradients=one, unconnected_gradients="zero"))
        return self.xp.reshape(self.xp.stack(rows), tuple(target.shape) + tuple(source.shape))


def _name(dtype: Any) -> str:
    return str(dtype).removeprefix("torch.")
