"""The loss of a compiled model: one for each output, weighted and summed to a scalar."""

from typing import Any

from lamina import losses as losses_module
from lamina import metrics as metrics_module
from lamina import ops, tree
from lamina.losses._function_loss import LossFunctionWrapper

from ._padding import size_of
from ._per_output import keys_of, output_names, per_output, targets_of


class CompileLoss:
    """What `compile(loss=, loss_weights=)` was given, applied to the outputs.

    Args:
        loss: a name, function or Loss; or a list or dict of them, one for each output; None for an output without loss.
        loss_weights: a number for each output, as list or dict.
        names: the names of the model's outputs, if it has any.
    """

    def __init__(self, loss: Any, loss_weights: Any = None, names: list[str] | None = None):
        self._loss = loss
        self._loss_weights = loss_weights
        self._given_names = names
        self.built = False
        self.trackers: list[Any] = []

    def build(self, y_pred: Any) -> None:
        """Fixes which loss goes to which output. `y_pred`: tensors or specs, nested like the outputs."""
        self.names = output_names(y_pred, self._given_names)
        self.keys = keys_of(y_pred)
        given = per_output(self._loss, self.names, self.keys, "loss")
        self.functions = [as_loss(loss, name) for loss, name in zip(given, self.names)]
        if all(f is None for f in self.functions):
            raise ValueError(f"compile: loss={self._loss!r} gives no output a loss.")
        weights = per_output(self._loss_weights, self.names, self.keys, "loss_weights")
        for weight in weights:
            if weight is not None and not isinstance(weight, (int, float)):
                raise TypeError(f"loss_weights: expected numbers; got {weight!r}.")
        self.weights = weights
        if len(self.names) > 1:
            self.trackers = [metrics_module.Mean(name=f"{n}_loss") for n, f in zip(self.names, self.functions) if f]
        self.built = True

    def __call__(self, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        if not self.built:
            self.build(y_pred)
        outputs = tree.flatten(y_pred)
        targets = targets_of(y, len(outputs), self.names, self.keys)
        sample_weights = targets_of(sample_weight, len(outputs), self.names, self.keys, "sample_weight")
        total = None
        trackers = iter(self.trackers)
        for name, function, weight, t, p, s in zip(
            self.names, self.functions, self.weights, targets, outputs, sample_weights
        ):
            if function is None:
                continue
            if t is None:
                raise ValueError(f"The output {name!r} has a loss, but y holds no target for it.")
            value = ops.cast(function(t, p, s), "float32")
            if self.trackers:
                next(trackers).update_state(value, sample_weight=size_of(p))
            if weight is not None:
                value = ops.multiply(value, float(weight))
            total = value if total is None else ops.add(total, value)
        return total


def as_loss(loss: Any, name: str) -> Any:
    """A callable (y_true, y_pred, sample_weight) -> scalar, or None."""
    if loss is None:
        return None
    found = losses_module.get(loss)
    if isinstance(found, losses_module.Loss):
        return found
    if not callable(found):
        raise TypeError(f"loss of {name!r}: expected a name, a function or a Loss; got {loss!r}.")
    return LossFunctionWrapper(found, name=getattr(found, "__name__", None) or type(found).__name__)
