"""`compiled_loss` and `compiled_metrics`, with which `train_step` was written for TensorFlow 2.2 to 2.15."""

from typing import Any

from lamina import ops, tree
from lamina.training._batch import size_of


class CompiledLoss:
    """The compiled loss of a model, as a function of a batch.

    Calling it gives the scalar to minimise, and counts it in the log "loss".
    """

    def __init__(self, model: Any):
        self._model = model

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None, regularization_losses: Any = None) -> Any:
        """The losses of all outputs and `regularization_losses`, summed."""
        compiled = self._model._compiled.loss
        found = None if compiled is None else compiled(y_true, y_pred, sample_weight)
        terms = [] if found is None else [found]
        terms += [ops.sum(ops.cast(extra, "float32")) for extra in regularization_losses or ()]
        if not terms:
            raise ValueError("compiled_loss: there is no loss; compile the model with loss=..., or use add_loss().")
        total = terms[0]
        for term in terms[1:]:
            total = ops.add(total, term)
        self._model._compiled.tracker.update_state(total, sample_weight=size_of(tree.flatten(y_pred)[0]))
        return total

    @property
    def metrics(self) -> list[Any]:
        """The trackers of the loss, and of the loss of each output."""
        compiled = self._model._compiled.loss
        return [self._model._compiled.tracker, *(compiled.trackers if compiled is not None else ())]

    def reset_states(self) -> None:
        """Lets the trackers begin anew."""
        for metric in self.metrics:
            metric.reset_state()

    reset_state = reset_states


class CompiledMetrics:
    """The compiled metrics of a model, updated together."""

    def __init__(self, model: Any):
        self._model = model

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Counts a batch in all of them."""
        self._model._update_metrics(y_true, y_pred, sample_weight)

    @property
    def metrics(self) -> list[Any]:
        """The metrics given to `compile`."""
        compiled = self._model._compiled.metrics
        return compiled.metrics if compiled is not None else []

    def reset_states(self) -> None:
        """Lets them begin anew."""
        for metric in self.metrics:
            metric.reset_state()

    reset_state = reset_states
