"""The metrics of a compiled model, by output, with and without sample weights."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lamina import losses as losses_module
from lamina import metrics as metrics_module
from lamina import tree

from ._per_output import CROSSENTROPY, Outputs, kind_of_labels, naming_output

_ACCURACY = ("accuracy", "acc")
BY_SHAPES = _ACCURACY + CROSSENTROPY


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
        """In the order of `evaluate`: as given for one output, by name for several."""
        found = [metric for _, metric, _ in self._entries]
        return found if len({i for i, _, _ in self._entries}) < 2 else sorted(found, key=lambda metric: metric.name)

    def build(self, y: Any, y_pred: Any) -> None:
        """Resolves names such as 'accuracy' by the shapes of targets and outputs (tensors or specs)."""
        outputs = tree.flatten(y_pred)
        self.outputs = Outputs(y_pred, self._given_names)
        targets = self.outputs.targets(y)
        names: dict[str, int] = {}
        for value, weighted in zip(self._given, (False, True)):
            for i, chosen in enumerate(self._by_output(value, "weighted_metrics" if weighted else "metrics")):
                for metric in chosen:
                    made = as_metric(metric, targets[i], outputs[i])
                    own = made.__dict__.setdefault("_given_name", made.name)
                    made.name = _new_name(own, self._prefix(i), weighted, names)
                    self._entries.append((i, made, weighted))
        self.built = True

    def _prefix(self, i: int) -> str:
        """What stands before the names of an output's metrics: nothing if it is the only one, or has no name."""
        name = self.outputs.keys[i] if self.outputs.keys else self._name(i)
        return f"{name}_" if len(self.outputs) > 1 and name is not None else ""

    def _name(self, i: int) -> str | None:
        given = self._given_names
        return given[i] if given and len(given) == len(self.outputs) else None

    @contextmanager
    def given_names(self) -> Iterator[None]:
        """Metrics under the names they were made with, as files hold them."""
        names = [metric.name for metric in self.metrics]
        for metric in self.metrics:
            metric.name = metric._given_name
        try:
            yield
        finally:
            for metric, name in zip(self.metrics, names):
                metric.name = name

    def _by_output(self, value: Any, what: str) -> list[list[Any]]:
        if value is None:
            return [[] for _ in self.outputs.names]
        if len(self.outputs) == 1 and not isinstance(value, dict):
            return [[m for entry in value for m in (entry if isinstance(entry, (list, tuple)) else [entry])]]
        found = self.outputs.spread(value, what)
        return [[] if m is None else list(m) if isinstance(m, (list, tuple)) else [m] for m in found]

    def update_state(self, y: Any, y_pred: Any, sample_weight: Any = None) -> None:
        if not self.built:
            self.build(y, y_pred)
        outputs = tree.flatten(y_pred)
        targets = self.outputs.targets(y)
        weights = self.outputs.targets(sample_weight, "sample_weight")
        for i, metric, weighted in self._entries:
            if targets[i] is None:
                continue
            with naming_output(f"metric {metric.name!r}", self.outputs.names[i], targets[i], outputs[i]):
                metric.update_state(targets[i], outputs[i], **({"sample_weight": weights[i]} if weighted else {}))


def _new_name(name: str, prefix: str, weighted: bool, taken: dict[str, int]) -> str:
    """The name in logs, Keras's where several are alike: mae, mae_1; weighted_mae for one with weights."""
    new = prefix + name
    if new in taken and weighted:
        new = f"{prefix}weighted_{name}"
    count = taken.get(new, 0)
    taken[new] = count + 1
    return f"{new}_{count}" if count else new


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
    suffix = "Accuracy" if kind == "accuracy" else "Crossentropy"
    return getattr(metrics_module, kind_of_labels(y, y_pred) + suffix)(name=name)
