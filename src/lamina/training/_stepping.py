"""`Stepping`: how a model is compiled, and what one step of training, testing or predicting does."""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from typing import Any

import numpy as np

from lamina import losses, ops, optimizers, tree
from lamina import metrics as metrics_module
from lamina._checks import check_positive_int
from lamina._deprecation import warn_once
from lamina._lazy import lazy_module
from lamina._where import inside
from lamina.config._diagnosis import diagnosis
from lamina.engines import engine
from lamina.layers._base._call import function_of, signature_of
from lamina.variables import StateScope, deserialize_keras_object, serialize_keras_object

from ._batch import Batch
from ._compile_loss import CompileLoss
from ._compile_metrics import BY_SHAPES, CompileMetrics
from ._compiled import Compiled
from ._data import unpack_x_y_sample_weight
from ._flat import FlatState
from ._old_arguments import understands_old_arguments
from ._per_output import CROSSENTROPY
from ._state_steps import understands_state
from ._symbolic_loss import bind_tensors

_diagnosing = lazy_module("lamina.training._diagnosing")


def _part_of_compiled(name: str, doc: str) -> property:
    """An attribute of a model that lies in its `Compiled`."""
    return property(
        lambda self: getattr(self._compiled, name), lambda self, value: setattr(self._compiled, name, value), doc=doc
    )


class Stepping:
    """The part of a model that knows its loss, metrics and optimizer. `Trainer` runs its steps over data."""

    stop_training = False
    stop_evaluating = False
    stop_predicting = False

    def __init__(self) -> None:
        self._compiled = Compiled()

    @property
    def compiled(self) -> bool:
        """Whether `compile` has been called."""
        return self._compiled.config is not None

    optimizer: Any = _part_of_compiled("optimizer", "The optimizer; None for none.")
    run_eagerly: Any = _part_of_compiled("run_eagerly", "Whether steps run as plain Python.")
    steps_per_execution: Any = _part_of_compiled(
        "steps_per_execution", "How many steps run between calls of callbacks."
    )
    _steps: Any = _part_of_compiled("steps", "The compiled steps by kind.")

    # --- compile ------------------------------------------------------------------------------------------------------

    @understands_old_arguments
    def compile(
        self, optimizer: Any = "rmsprop", loss: Any = None, loss_weights: Any = None, metrics: Any = None,
        weighted_metrics: Any = None, run_eagerly: bool = False, steps_per_execution: int = 1, jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
    ) -> None:  # fmt: skip
        """Sets how the model is trained.

        Args:
            optimizer: name or Optimizer.
            loss: name, function or Loss; a list or dict of them for several outputs.
            loss_weights: a number for each output.
            metrics: names, functions or Metrics, evaluated without sample weights.
            weighted_metrics: the same, evaluated with sample and class weights.
            run_eagerly: whether steps run as plain Python on arrays (for debugging) instead of compiled.
            steps_per_execution: how many batches run between calls of callbacks for batches; an epoch of `steps_per_epoch`
                batches is a multiple of it.
            jit_compile: accepted; steps are always compiled.
            sample_weight_mode: (Keras 2) without effect: weights may have as many axes as the losses.
            auto_scale_loss: whether a mixed_float16 model gets loss scaling.
        What can be seen to be wrong with a built network is said as a DiagnosisWarning (see `config.set_diagnosis`).
        Raises ValueError for unknown names, TypeError for arguments of the wrong kind.
        """
        check_positive_int(steps_per_execution, "steps_per_execution", "compile")
        if not isinstance(run_eagerly, (bool, int, np.bool_, type(None))):
            raise TypeError(f"compile: run_eagerly must be True or False; got {run_eagerly!r}.")
        optimizer = optimizers.get(optimizer)
        if auto_scale_loss and _needs_loss_scale(self, optimizer):
            optimizer = optimizers.LossScaleOptimizer(optimizer)
        _check_names(loss, metrics, weighted_metrics)
        _check_numbers(loss_weights)
        names = getattr(self, "output_names", None)
        bound_loss, *bound_metrics = bind_tensors(self, loss, metrics, weighted_metrics)
        has_metrics = metrics is not None or weighted_metrics is not None
        self.loss = loss
        self.stop_training: bool = False
        self._compiled = Compiled(
            optimizer=optimizer,
            loss=CompileLoss(bound_loss, loss_weights, names) if loss is not None else None,
            metrics=CompileMetrics(*bound_metrics, names) if has_metrics else None,
            tracker=metrics_module.Mean(name="loss"),
            run_eagerly=bool(run_eagerly),
            steps_per_execution=int(steps_per_execution),
            trainable=list(self.trainable_variables),
            config={
                "optimizer": optimizer, "loss": loss, "loss_weights": loss_weights, "metrics": metrics,
                "weighted_metrics": weighted_metrics, "run_eagerly": run_eagerly,
                "steps_per_execution": steps_per_execution, "jit_compile": False,
            },
        )  # fmt: skip
        if diagnosis() != "off" and getattr(self, "built", False):
            _diagnosing.at_compile(self)

    def _weights_to_train(self) -> list[Any]:
        """The weights that a step changes: those trainable now.

        If all have been frozen since `compile`, those trainable then: so Keras 2 had it, and programs that train two
        adversaries by turns compile the one, freeze it inside the other, and go on training it.
        """
        now, then = self.trainable_variables, self._compiled.trainable
        if now or not then:
            return now
        warn_once(
            f"frozen:{id(self)}",
            f"{self.name}: all weights were frozen after compile(); those trainable at compile() are trained, as in "
            "Keras 2. Call compile() again to keep them as they are.",
        )
        return then

    def get_compile_config(self) -> dict[str, Any] | None:
        """The arguments of `compile` as JSON values; None if the model is not compiled."""
        compiled = self._compiled
        if compiled.config is None:
            return None
        with nullcontext() if compiled.metrics is None else compiled.metrics.given_names():
            return {k: serialize_keras_object(v) for k, v in compiled.config.items()}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compiles the model as `get_compile_config` described it.

        A class with a `compile` of its own is left uncompiled, with a warning: what that takes is not known here.
        """
        if type(self).compile is not Stepping.compile:
            warnings.warn(
                f"{type(self).__name__} has a compile() of its own, so it was loaded without being compiled. Call compile(), or "
                "override get_compile_config() and compile_from_config(config) too.",
                stacklevel=2,
            )
            return
        config = {k: deserialize_keras_object(v) for k, v in config.items()}
        known = (
            "optimizer",
            "loss",
            "loss_weights",
            "metrics",
            "weighted_metrics",
            "run_eagerly",
            "steps_per_execution",
        )
        self.compile(**{k: v for k, v in config.items() if k in known})
        if getattr(self, "built", False) and self.optimizer is not None:
            self.optimizer.build(self.trainable_variables)

    def _require_compiled(self, what: str) -> None:
        if not self.compiled:
            raise ValueError(f"Call model.compile(optimizer=..., loss=...) before model.{what}().")

    # --- what a step does ---------------------------------------------------------------------------------------------

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """The scalar to minimise: the compiled losses, and what layers added."""
        terms = []
        compiled = self._compiled.loss
        if compiled is not None:
            with inside("loss"):
                loss = compiled(y, y_pred, sample_weight)
            if loss is not None:
                terms.append(loss)
        terms.extend(ops.sum(ops.cast(extra, "float32")) for extra in self.losses)
        if not terms:
            raise ValueError(
                "There is no loss to compute: compile with loss=..., use add_loss(), or override compute_loss()."
            )
        total = terms[0]
        for term in terms[1:]:
            total = ops.add(total, term)
        return total

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Updates the compiled metrics and returns the results of all."""
        self._update_metrics(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def _update_metrics(self, y: Any, y_pred: Any, sample_weight: Any) -> None:
        metrics = self._compiled.metrics
        if metrics is not None:
            with inside("metrics"):
                metrics.update_state(y, y_pred, sample_weight)

    def _forward(self, x: Any, training: bool) -> Any:
        return self(x, training=training)

    @understands_state("train")
    def train_step(self, data: Any) -> dict[str, Any]:
        """One update on a batch. Overridden, it may use `GradientTape` and `self.optimizer.apply`; it is compiled too.

        Args:
            data: (x,), (x, y) or (x, y, sample_weight), tensors.
        Returns: dict[str, Any] of logs, scalars.

        Called with `(state, data)`, or overridden so, it returns `(logs, state)`: trainable, non-trainable, optimizer's and
        metrics' variables as lists of tensors. So have `test_step`, without the optimizer's, and `predict_step`.
        """
        self._train(Batch.of(data), None)
        return self.get_metrics_result()

    def _train(self, batch: Batch, flat: FlatState | None) -> None:
        variables, onlooker = self._weights_to_train(), self._compiled.onlooker
        if onlooker is not None:
            onlooker.begin(batch, self.variables)
        loss, batch, gradients = self._differentiate(batch, variables)
        if onlooker is not None:
            onlooker.end(loss, batch.y_pred, variables, gradients)
        self._count(loss, batch)
        self._change(variables, gradients, flat)
        self._update_metrics(batch.y, batch.y_pred, batch.sample_weight)

    def _differentiate(self, batch: Batch, variables: list[Any]) -> tuple[Any, Batch, list[Any]]:
        """The loss, the batch with its outputs, and the gradients of the variables; other variables are changed."""

        def loss_of(values: list[Any]) -> Any:
            with StateScope(zip(variables, values)) as scope:
                done = batch.predicted(self._forward(batch.x, training=True))
                loss = self._loss_of(done, training=True)
                scaled = self.optimizer.scale_loss(loss) if self.optimizer is not None else loss
            known = {id(v) for v in variables}
            changed = [(v, value) for v, value in scope.items() if id(v) not in known]
            new_values = [value for _, value in changed]
            return scaled, (loss, done.outputs, self._compiled.watched, new_values, _Opaque([v for v, _ in changed]))

        values = [v.__tensor__() for v in variables]  # read before anything is assigned
        (_, aux), gradients = engine.value_and_grad(loss_of, has_aux=True)(values)
        loss, outputs, self._compiled.watched, new_values, changed = aux
        batch = batch.with_outputs(outputs)
        for variable, value in zip(changed.items, new_values):
            variable.assign(value)
        return loss, batch, gradients

    def _loss_of(self, batch: Batch, training: bool) -> Any:
        signature = signature_of(function_of(self.compute_loss))
        options = {"training": training} if signature.accepts("training") or signature.has_keywords else {}
        return self.compute_loss(
            x=batch.x, y=batch.y, y_pred=batch.y_pred, sample_weight=batch.sample_weight, **options
        )

    def _count(self, loss: Any, batch: Batch) -> None:
        self._compiled.tracker.update_state(loss, sample_weight=batch.size)

    def _change(self, variables: list[Any], gradients: list[Any], flat: FlatState | None) -> None:
        """The optimizer's step."""
        if not variables:
            warn_once(f"no weights:{id(self)}", "The model has no trainable weights; nothing is learned.", UserWarning)
            return
        if self.optimizer is None:
            raise ValueError(
                "The model was compiled with optimizer=None, so it cannot be trained; compile it with one."
            )
        with inside("optimizer"):
            if flat is not None:
                flat.apply(gradients)
            else:
                self.optimizer.apply(gradients, variables)

    @understands_state("test")
    def test_step(self, data: Any) -> dict[str, Any]:
        """Loss and metrics of a batch."""
        self._test(Batch.of(data))
        return self.get_metrics_result()

    def _test(self, batch: Batch) -> None:
        batch = batch.predicted(self._forward(batch.x, training=False))
        self._count(self._loss_of(batch, training=False), batch)
        self._update_metrics(batch.y, batch.y_pred, batch.sample_weight)

    @understands_state("predict")
    def predict_step(self, data: Any) -> Any:
        """The outputs for a batch."""
        x, _, _ = unpack_x_y_sample_weight(data)
        return self._forward(x, training=False)

    # --- metrics ------------------------------------------------------------------------------------------------------

    @property
    def metrics(self) -> list[Any]:
        """The loss tracker, the trackers of each output's loss, the compiled metrics, and those that layers hold."""
        found = [*self._compiled.all_metrics(), *self._layer_metrics()]
        return list({id(m): m for m in found}.values())

    def _layer_metrics(self) -> list[Any]:
        """Those held by the model and its layers; models inside have their own training."""
        inside = self._flatten_layers(include_self=False)
        layers = [self, *(layer for layer in inside if not isinstance(layer, Stepping))]
        return [metric for layer in layers for metric in layer._own_metrics]

    @property
    def metrics_names(self) -> list[str]:
        return [m.name for m in self.metrics]

    @property
    def metrics_variables(self) -> list[Any]:
        return [v for m in self.metrics for v in m.variables]

    def reset_metrics(self) -> None:
        for metric in self.metrics:
            metric.reset_state()

    def get_metrics_result(self) -> dict[str, Any]:
        """The results of all metrics by name."""
        return _by_name((metric, metric.result()) for metric in self.metrics)

    def _results_on_host(self) -> dict[str, Any]:
        """The same for logs: what a short epoch takes would else be the engine's operations on single numbers."""
        if type(self).get_metrics_result is not Stepping.get_metrics_result:
            return self.get_metrics_result()
        return _by_name((metric, metric._result_on_host()) for metric in self.metrics)


def _by_name(results: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """The results of metrics by name; one that has several names them itself."""
    found: dict[str, Any] = {}
    for metric, value in results:
        found.update(value if isinstance(value, dict) else {metric.name: value})
    return found


def _needs_loss_scale(model: Any, optimizer: Any) -> bool:
    policy = getattr(getattr(model, "dtype_policy", None), "name", "")
    return policy == "mixed_float16" and not isinstance(optimizer, optimizers.LossScaleOptimizer)


def _check_names(loss: Any, *metrics: Any) -> None:
    """Raises ValueError at once for a name that no loss or metric has; what it means may depend on shapes.

    Raises TypeError for what is neither a name nor a function.
    """
    for known, get, argument, given in (
        (CROSSENTROPY, losses.get, "loss", [loss]), (BY_SHAPES, metrics_module.get, "metrics", metrics),
    ):  # fmt: skip
        for name in _parts(given):
            if isinstance(name, str) and name.lower() not in known:
                get(name)
            elif not (name is None or isinstance(name, str) or callable(name)):
                raise TypeError(f"compile: {argument} must be names, functions or objects of that kind; got {name!r}.")


def _parts(given: Any) -> Iterator[Any]:
    """What a nested structure holds, but for the configs in it."""
    if isinstance(given, dict):
        given = [] if "class_name" in given else given.values()
    elif not isinstance(given, (list, tuple)):
        yield given
        return
    for part in given:
        yield from _parts(part)


def _check_numbers(loss_weights: Any) -> None:
    """Raises TypeError for a weight that is no number."""
    for weight in tree.flatten(loss_weights):
        if isinstance(weight, (str, bytes, bool)):
            raise TypeError(f"compile: loss_weights must be numbers; got {weight!r}.")


class _Opaque:
    """Carries Python objects through a traced function's result as one leaf that is no array."""

    def __init__(self, items: list[Any]):
        self.items = items
