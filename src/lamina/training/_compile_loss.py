"""The loss of a compiled model: one for each output, weighted and summed to a scalar."""

from typing import Any

from lamina import losses as losses_module
from lamina import metrics as metrics_module
from lamina import ops, tree
from lamina.losses._function_loss import LossFunctionWrapper

from ._batch import size_of
from ._per_output import CROSSENTROPY, Outputs, kind_of_labels, naming_output


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

    def build(self, y_pred: Any, y: Any = None) -> None:
        """Fixes which loss goes to which output. `y_pred`, `y`: tensors or specs, nested like the outputs."""
        self.outputs = Outputs(y_pred, self._given_names)
        self.names = self.outputs.names
        given = self.outputs.spread(self._loss, "loss")
        parts = zip(given, self.names, self._targets(given, y), tree.flatten(y_pred))
        self.functions = [as_loss(*part) for part in parts]
        if all(f is None for f in self.functions):
            raise ValueError(f"compile: loss={self._loss!r} gives no output a loss.")
        self.weights = self.outputs.spread(self._loss_weights, "loss_weights")
        for weight in self.weights:
            if weight is not None and not isinstance(weight, (int, float)):
                raise TypeError(f"loss_weights: expected numbers; got {weight!r}.")
        self.trackers = self._make_trackers(given)
        self.built = True

    def _targets(self, given: list[Any], y: Any) -> list[Any]:
        """The targets, where a loss goes by their shapes."""
        return self.outputs.targets(y) if any(map(_goes_by_shapes, given)) else [None] * len(given)

    def _make_trackers(self, given: list[Any]) -> list[Any]:
        """A mean for each loss, if there are several; an output without a name is called by its loss."""
        names = [
            f"{label or (loss if isinstance(loss, str) else function.name)}_loss"
            for label, loss, function in zip(self.outputs.labels, given, self.functions)
            if function is not None
        ]
        return [metrics_module.Mean(name=name) for name in unique(names)] if len(names) > 1 else []

    def __call__(self, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        if not self.built:
            self.build(y_pred, y)
        outputs = tree.flatten(y_pred)
        targets = self.outputs.targets(y)
        sample_weights = self.outputs.targets(sample_weight, "sample_weight")
        total = None
        trackers = iter(self.trackers)
        for name, function, weight, t, p, s in zip(
            self.names, self.functions, self.weights, targets, outputs, sample_weights
        ):
            if function is None:
                continue
            if t is None:
                raise ValueError(
                    f"The output {name!r} has a loss, but y holds no target for it. Give y=, here and in validation_data=(x, y)."
                )
            with naming_output(f"loss {function.name!r}", name, t, p):
                value = ops.cast(function(t, p, s), "float32")
            if self.trackers:
                next(trackers).update_state(value, sample_weight=size_of(p))
            if weight is not None:
                value = ops.multiply(value, float(weight))
            total = value if total is None else ops.add(total, value)
        return total


def unique(names: list[str]) -> list[str]:
    """The names, those that were there before with a number: a, b, a_1."""
    found: list[str] = []
    for name in names:
        count = 0
        while (new := f"{name}_{count}" if count else name) in found:
            count += 1
        found.append(new)
    return found


def _goes_by_shapes(loss: Any) -> bool:
    return isinstance(loss, str) and loss.lower() in CROSSENTROPY


def as_loss(loss: Any, name: str, y: Any = None, y_pred: Any = None) -> Any:
    """A callable (y_true, y_pred, sample_weight) -> scalar, or None. "crossentropy" is the one for the shapes of both."""
    if loss is None:
        return None
    if _goes_by_shapes(loss) and y is not None:
        return getattr(losses_module, f"{kind_of_labels(y, y_pred)}Crossentropy")()
    found = losses_module.get(loss)
    if isinstance(found, losses_module.Loss):
        return found
    if not callable(found):
        raise TypeError(f"loss of {name!r}: expected a name, a function or a Loss; got {loss!r}.")
    return LossFunctionWrapper(found, name=getattr(found, "__name__", None) or type(found).__name__)
