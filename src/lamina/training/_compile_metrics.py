"""The metrics of a compiled model, by output, with and without sample weights."""

from typing import Any

from lamina import losses as losses_module
from lamina import metrics as metrics_module
from lamina import tree

from ._per_output import keys_of, output_names, per_output, targets_of

_ACCURACY = ("accuracy", "acc")
_CROSSENTROPY = ("crossentropy", "ce")
BY_SHAPES = _ACCURACY + _CROSSENTROPY


class CompileMetrics:
    """What `compile(metrics=, weighted_metrics=)` was given, applied to the outputs.

    Args:
        metrics: a list of names, functions or Metrics for a single output; for several outputs a list or dict with an
            entry, or a list of entries, for each.
        weighted_metrics: the same; these see the sample weights.
        names: the names of the model's outputs, if it has any.
    """

    def __init__(self, metrics: Any, weighted_metrics: Any = None, names: list[str] | None = None):
        for what, value in (("metrics", metrics), ("weighted_metrics", weighted_metrics)):
            if value is not None and not isinstance(value, (list, tuple, dict)):
                raise ValueError(f"{what}: expected a list or a dict; got {value!r}. Write {what}=[{value!r}].")
        self._given = (metrics, weighted_metrics)
        self._given_names = names
        self.built = False
        self._entries: list[tuple[int, Any, bool]] = []  # output, metric, weighted

    @property
    def metrics(self) -> list[Any]:
        return [metric for _, metric, _ in self._entries]

    def build(self, y: Any, y_pred: Any) -> None:
        """Resolves names such as 'accuracy' by the shapes of targets and outputs (tensors or specs)."""
        outputs = tree.flatten(y_pred)
        self.names = output_names(y_pred, self._given_names)
        self.keys = keys_of(y_pred)
        targets = targets_of(y, len(outputs), self.names, self.keys)
        for value, weighted in zip(self._given, (False, True)):
            for i, chosen in enumerate(self._by_output(value, "weighted_metrics" if weighted else "metrics")):
                for metric in chosen:
                    made = as_metric(metric, targets[i], outputs[i])
                    if len(outputs) > 1:
                        made.name = f"{self.names[i]}_{made.name}"
                    self._entries.append((i, made, weighted))
        self.built = True

    def _by_output(self, value: Any, what: str) -> list[list[Any]]:
        if value is None:
            return [[] for _ in self.names]
        if len(self.names) == 1 and not isinstance(value, dict):
            return [[m for entry in value for m in (entry if isinstance(entry, (list, tuple)) else [entry])]]
        found = per_output(value, self.names, self.keys, what)
        return [[] if m is None else list(m) if isinstance(m, (list, tuple)) else [m] for m in found]

    def update_state(self, y: Any, y_pred: Any, sample_weight: Any = None) -> None:
        if not self.built:
            self.build(y, y_pred)
        outputs = tree.flatten(y_pred)
        targets = targets_of(y, len(outputs), self.names, self.keys)
        weights = targets_of(sample_weight, len(outputs), self.names, self.keys, "sample_weight")
        for i, metric, weighted in self._entries:
            if targets[i] is not None:
                metric.update_state(targets[i], outputs[i], **({"sample_weight": weights[i]} if weighted else {}))


def as_metric(metric: Any, y: Any, y_pred: Any) -> Any:
    """The Metric that a name, function or Metric stands for, given targets and outputs or their specs."""
    if isinstance(metric, metrics_module.Metric):
        return metric
    if isinstance(metric, str) and metric.lower() in BY_SHAPES and y is not None:
        return _by_shapes("accuracy" if metric.lower() in _ACCURACY else "crossentropy", metric, y, y_pred)
    found = metrics_module.get(metric)
    name = metric if isinstance(metric, str) else getattr(metric, "__name__", None)
    if isinstance(found, losses_module.Loss):
        function = found
        return metrics_module.MeanMetricWrapper(lambda t, p: function.call(t, p), name=name or found.name)
    if isinstance(found, metrics_module.Metric):
        if isinstance(metric, str):
            found.name = metric
        return found
    if not callable(found):
        raise TypeError(f"metrics: expected a name, a function or a Metric; got {metric!r}.")
    return metrics_module.MeanMetricWrapper(found, name=name or type(found).__name__)


def _by_shapes(kind: str, name: str, y: Any, y_pred: Any) -> Any:
    """Keras's rule: one output unit is binary; integer labels beside several units are sparse; else one-hot."""
    classes = y_pred.shape[-1] if len(y_pred.shape) > 0 else 1
    is_sparse = len(y.shape) < len(y_pred.shape) or (len(y.shape) == len(y_pred.shape) and y.shape[-1] == 1)
    if len(y_pred.shape) < 2 or classes == 1:
        prefix = "Binary"
    elif is_sparse and classes > 1:
        prefix = "SparseCategorical"
    else:
        prefix = "Categorical"
    return getattr(metrics_module, prefix + ("Accuracy" if kind == "accuracy" else "Crossentropy"))(name=name)
