"""`Trainer`: fit, evaluate, predict. Models inherit it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from lamina import distribution, ops, tree
from lamina._interrupts import Uninterrupted
from lamina._lazy import lazy_module
from lamina.config._diagnosis import check_mode, diagnosis
from lamina.config._limits import at_most, max_epochs, max_steps_per_epoch
from lamina.config._switches import is_interactive_logging_enabled
from lamina.engines import engine
from lamina.layers import Layer
from lamina.training.callbacks._callback import CallbackList
from lamina.training.callbacks._history import History
from lamina.training.callbacks._progbar_logger import ProgbarLogger
from lamina.variables import StateScope

from . import _checks
from ._batch import Batch
from ._data import ArrayData, unpack_x_y_sample_weight
from ._flat import FlatState, can_flatten
from ._old_arguments import understands_old_arguments
from ._padding import can_join, can_pad
from ._resuming import keeper_of, plan_of
from ._run import Run, as_logs, call_step
from ._settings import Settings
from ._sharing import check_alike, refuse_eager
from ._sources import make_source, with_validation
from ._state_steps import step_on_data
from ._stepping import Stepping
from ._steps import Step
from ._validation import Validation

_diagnosing = lazy_module("lamina.training._diagnosing")


class Trainer(Stepping):
    """The part of a model that trains. Override `train_step`, `test_step`, `predict_step` or `compute_loss` to change how."""

    _is_fitting = False
    _watch: Any = None  # who looks at how a training goes

    # --- fit ----------------------------------------------------------------------------------------------------------

    @understands_old_arguments
    def fit(
        self, x: Any = None, y: Any = None, batch_size: int | None = None, epochs: int = 1, verbose: Any = "auto",
        callbacks: Any = None, validation_split: float = 0.0, validation_data: Any = None, shuffle: Any = True,
        class_weight: Any = None, sample_weight: Any = None, initial_epoch: int = 0, steps_per_epoch: int | None = None,
        validation_steps: int | None = None, validation_batch_size: int | None = None, validation_freq: Any = 1,
        *, resume: Any = None, diagnose: str | None = None,
    ) -> History:  # fmt: skip
        """Trains the model.

        Args:
            x: arrays `(samples, ...)`, nested as the model's inputs; or batches: a PyDataset, loader or generator.
            y: targets `(samples, ...)`; none for batches, which carry them.
            batch_size: samples an update, 32 by default; none for batches.
            epochs: number of the last epoch.
            verbose: 0 silent, 1 progress bar, 2 one line an epoch, "auto" 1.
            callbacks: list[Any] of Callback.
            validation_split: fraction of the arrays, from their end, kept for validation.
            validation_data: (x, y), (x, y, sample_weight), or batches.
            shuffle: whether the order changes every epoch (a function of the seed and the epoch); "batch" for whole batches.
            class_weight: dict[str, Any] from class index to weight, or "balanced": samples / (classes · samples of the class).
            sample_weight: weights `(samples,)`.
            initial_epoch: epoch to begin with.
            steps_per_epoch: batches an epoch; by default all.
            validation_steps: batches of validation; by default all.
            validation_batch_size: by default batch_size.
            validation_freq: every how many epochs to validate, or the list of epochs (from 1).
            resume: path of a folder in which the state of this training is kept: after each epoch, and every 60 seconds of a
                longer one. If it holds one, training goes on from there, to the weights and the history that it would have
                had in one piece. `callbacks.BackupAndRestore` does the same with other intervals.
            diagnose: what is done with what is found wrong with the network or the data: "warn", "error" or "off"; by default
                what `config.set_diagnosis` says. The first batch after `compile` is looked at, and how training goes.
        Returns: History; `.history` maps names of logs to their values by epoch.
        Raises ValueError or TypeError, before anything runs, for arguments and data that do not fit; DiagnosisError with
            `diagnose="error"`.
        """
        self._require_compiled("fit")
        mode = diagnosis() if diagnose is None or diagnosis() == "check" else check_mode(diagnose, "fit: diagnose")
        plan = plan_of(callbacks, resume)
        _checks.check_run(batch_size, epochs, initial_epoch, steps_per_epoch, "fit")
        _checks.check_split(validation_split)
        if not isinstance(shuffle, (bool, int, str, np.bool_, type(None))):
            raise TypeError(f"fit: shuffle must be True or False; got {shuffle!r}.")
        _checks.check_validation(validation_steps, validation_batch_size, validation_freq)
        epochs = at_most(epochs, max_epochs())
        source = make_source(self, x, y, sample_weight, batch_size, shuffle, class_weight, "fit")
        source, held_out = with_validation(
            self, source, validation_data, validation_split, validation_batch_size, batch_size
        )
        step = self._step("train", source)
        verbose = _verbosity(verbose)
        per_epoch = at_most(steps_per_epoch or source.num_batches, max_steps_per_epoch())
        runs = CallbackList(
            _with_defaults(callbacks, verbose), self, epochs=epochs, verbose=verbose,
            steps=per_epoch, do_validation=held_out is not None,
        )  # fmt: skip
        if isinstance(source, ArrayData) and (mode == "off" or self._compiled.is_diagnosed):
            _checks.warn_not_finite(*unpack_x_y_sample_weight(source.data), "fit")
        if mode != "off":
            _diagnosing.at_fit(
                self, mode, source, held_out, runs, epochs - initial_epoch, per_epoch, validation_data is None,
                step if plan is None else None, class_weight,
            )  # fmt: skip
        check_alike(self, source, held_out, steps_per_epoch)
        keeper = keeper_of(plan, self, step, source, held_out, runs.callbacks, steps_per_epoch)
        training = Run(self, step, source, runs, "train", steps_per_epoch, keeper)
        if mode != "off":
            training.watch = _diagnosing.Watch(self, mode, training, held_out)
        self._run_epochs(
            range(initial_epoch, epochs), training, Validation(held_out, validation_steps, validation_freq)
        )
        return next(c for c in runs.callbacks if isinstance(c, History))

    def _run_epochs(self, epochs: range, training: Run, validation: Validation) -> None:
        self.stop_training = False
        logs: dict[str, Any] = {}
        training.callbacks.call("on_train_begin", {})
        with training.keeper as keeper, self._fitting(training):
            for epoch in keeper.epochs(epochs):
                logs = self._run_epoch(epoch, training, validation)
                if training.watch is not None:
                    training.watch.end_epoch(training.done, logs, epoch + 1 == epochs.stop)
                keeper.after_epoch(epoch, training.done, logs)
                if self.stop_training:
                    break
        weights = self._weights_to_train()
        if self.optimizer is not None and weights:
            with Uninterrupted():
                self.optimizer.finalize_variable_values(weights)
        training.callbacks.call("on_train_end", logs or training.keeper.logs or {})
        training.keeper.finish()

    def _run_epoch(self, epoch: int, training: Run, validation: Validation) -> dict[str, Any]:
        runs = training.callbacks
        self.reset_metrics()
        runs.call("on_epoch_begin", epoch, {})
        if training.watch is not None:
            training.watch.begin_epoch(epoch)
        logs: dict[str, Any] = _train_epoch(training, epoch)
        if validation.is_due(epoch):
            results = self._run_test(validation.source, runs, validation.steps)
            logs.update({f"val_{k}": v for k, v in results.items()})
        runs.call("on_epoch_end", epoch, logs)
        return logs

    @contextmanager
    def _fitting(self, training: Run) -> Iterator[None]:
        self._is_fitting, self._watch = True, training.watch
        try:
            yield
        finally:
            self._is_fitting, self._watch = False, None
            _close_bars(training.callbacks)

    # --- evaluate, predict --------------------------------------------------------------------------------------------

    @understands_old_arguments
    def evaluate(
        self, x: Any = None, y: Any = None, batch_size: int | None = None, verbose: Any = "auto", sample_weight: Any = None,
        steps: int | None = None, callbacks: Any = None, return_dict: bool = False,
    ) -> Any:  # fmt: skip
        """Loss and metrics on data.

        Args as for `fit`. Returns: the loss as float, or a list [loss, metrics...] in the order of `metrics_names`; a dict
        with `return_dict`.
        """
        self._require_compiled("evaluate")
        _checks.check_run(batch_size, steps=steps, where="evaluate")
        source = make_source(self, x, y, sample_weight, batch_size, False, None, "evaluate")
        verbose = _verbosity(verbose)
        runs = CallbackList(
            _with_defaults(callbacks, verbose, history=False),
            self,
            verbose=verbose,
            steps=at_most(steps or source.num_batches, max_steps_per_epoch()),
        )
        try:
            with self._kept_metrics():
                logs = self._run_test(source, runs, steps)
        finally:
            _close_bars(runs)
        return logs if return_dict else self._ordered(logs)

    def _run_test(self, source: Any, runs: CallbackList, steps: int | None) -> dict[str, float]:
        step = self._step("test", source)
        self.reset_metrics()
        self.stop_evaluating = False
        runs.call("on_test_begin", {})
        logs = Run(self, step, source, runs, "test", steps).epoch(0)
        runs.call("on_test_end", logs)
        return logs

    @understands_old_arguments
    def predict(
        self, x: Any, batch_size: int | None = None, verbose: Any = "auto", steps: int | None = None, callbacks: Any = None,
    ) -> Any:  # fmt: skip
        """The outputs for all samples of `x`, NumPy arrays `(samples, ...)` nested as the model's outputs."""
        _checks.check_run(batch_size, steps=steps, where="predict")
        source = make_source(self, x, None, None, batch_size, False, None, "predict")
        verbose = _verbosity(verbose)
        total = at_most(steps or source.num_batches, max_steps_per_epoch())
        runs = CallbackList(_with_defaults(callbacks, verbose, history=False), self, verbose=verbose, steps=total)
        step = self._step("predict", source)
        self.stop_predicting = False
        runs.call("on_predict_begin", {})
        try:
            parts = Run(self, step, source, runs, "predict", steps).outputs()
        finally:
            _close_bars(runs)
        runs.call("on_predict_end", {})
        outputs = tree.map_structure(lambda *p: np.concatenate([engine.numpy(i) for i in p]), *parts)
        if isinstance(source, ArrayData):
            _checks.warn_predictions_not_finite(unpack_x_y_sample_weight(source.data)[0], outputs, "predict")
        return outputs

    # --- single batches -----------------------------------------------------------------------------------------------

    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None, return_dict: bool = False,
        *, reset_metrics: bool = True,
    ) -> Any:  # fmt: skip
        """One update on one batch; returns the loss and metrics of this batch, as `evaluate` does.

        Args as for `fit`, and reset_metrics: whether the metrics start afresh; if not, the values are means over all batches
        since they last did.
        """
        self._require_compiled("train_on_batch")
        source = make_source(self, x, y, sample_weight, None, False, class_weight, "train_on_batch")
        return self._one_batch("train", source, return_dict, reset_metrics)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False, *, reset_metrics: bool = True
    ) -> Any:
        """The loss and metrics of one batch. Args as for `train_on_batch`."""
        self._require_compiled("test_on_batch")
        source = make_source(self, x, y, sample_weight, None, False, None, "test_on_batch")
        return self._one_batch("test", source, return_dict, reset_metrics)

    def _one_batch(self, kind: str, source: ArrayData, return_dict: bool, reset_metrics: bool) -> Any:
        step = self._step(kind, source)
        with self._kept_metrics():
            if reset_metrics:
                self.reset_metrics()
            logs = as_logs(call_step(step, (*unpack_x_y_sample_weight(source.data),)), self)
        return logs if return_dict else self._ordered(logs)

    def _ordered(self, logs: dict[str, Any]) -> Any:
        """The logs as a list in the order of `metrics_names`, whatever else there is last; a single one as it is."""
        names = [name for name in self.metrics_names if name in logs]
        values = [logs[name] for name in (*names, *(name for name in logs if name not in names))]
        return values[0] if len(values) == 1 else values

    @contextmanager
    def _kept_metrics(self) -> Iterator[None]:
        """While `fit` runs, the metrics afterwards are what they were before: a callback may evaluate."""
        saved = [(v, v.numpy()) for v in self.metrics_variables] if self._is_fitting else []
        yield
        for variable, value in saved:
            variable.assign(value)

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch, NumPy arrays."""
        source = make_source(self, x, None, None, None, False, None, "predict_on_batch")
        x, _, _ = unpack_x_y_sample_weight(source.data)
        output = call_step(self._step("predict", source), (x,))
        outputs = tree.map_structure(ops.convert_to_numpy, output)
        _checks.warn_predictions_not_finite(x, outputs, "predict_on_batch")
        return outputs

    # --- how steps are made -------------------------------------------------------------------------------------------

    def _host_inputs(self, x: Any) -> Any:
        """Lets layers that read strings do their part on the host; overridden by models that have such layers."""
        return x

    def _step(self, kind: str, source: Any) -> Any:
        """The compiled step of that kind for the model as it is now; a plain function with run_eagerly."""
        with self._compiled.lock:
            return self._step_now(kind, source)

    def _step_now(self, kind: str, source: Any) -> Any:
        example = self._example(source)
        with Uninterrupted():  # a layer that is half built cannot be built again
            self._build_for(kind, example, source)
        if self.run_eagerly:
            refuse_eager()
            return step_on_data(self, kind)
        variables = self._step_variables(kind)
        key = (kind, distribution.current(), tuple(id(v) for v in variables), tuple(v.trainable for v in variables))
        cached = self._steps.get(kind)
        if cached is not None and cached[0] == key and (cached[1].flat is None or cached[1].flat.is_current()):
            return cached[1]
        flat = None
        is_default = type(self).train_step is Stepping.train_step
        if kind == "train" and is_default and engine.MUTABLE and can_flatten(self.optimizer, self._weights_to_train()):
            flat = FlatState(self.optimizer, self._weights_to_train())
        pads = engine.COSTLY_TRACES and can_pad(self, kind)
        step = Step(
            self._update_of(kind),
            variables,
            flat,
            pads,
            self._compiled.progress.setdefault(kind, {}),
            self._compiled.lock,
            kind,
            self.optimizer.variables if kind == "train" and self.optimizer is not None else [],
            joins=pads and kind == "predict" and can_join(self),
            settings=Settings(self),
        )
        if step.share is not None and kind != "predict" and self._compiled.loss is not None:
            step.share.check_loss(self._compiled.loss.functions)
        self._steps[kind] = (key, step)
        return step

    def _update_of(self, kind: str) -> Any:
        """The body of the step: without logs where the default step runs, since metrics carry them."""
        method = step_on_data(self, kind)
        own = getattr(method, "__func__", None)
        if own is Stepping.train_step:
            return lambda data, flat, count: self._train(Batch.of(data, count), flat)
        if own is Stepping.test_step:
            return lambda data, flat, count: self._test(Batch.of(data, count))
        return lambda data, flat, count: method(data)

    def _step_variables(self, kind: str) -> list[Any]:
        found = list(self.variables)
        if kind != "predict":
            found += self.metrics_variables
        if kind == "train" and self.optimizer is not None:
            found += self.optimizer.variables
        return list({id(v): v for v in found}.values())

    def _example(self, source: Any) -> Any:
        """The shapes of one batch: the first, for streams."""
        if isinstance(source, ArrayData):
            size = source.batch_size
            return tree.map_structure(
                lambda a: None if a is None else engine.Spec((size, *a.shape[1:]), a.dtype), source.data
            )
        if getattr(self, "built", False) and self._compiled.is_ready:
            return None
        batch = source.peek()
        return tree.map_structure(lambda a: None if a is None else engine.Spec(a.shape, a.dtype), batch)

    def _build_for(self, kind: str, example: Any, source: Any) -> None:
        """Builds what is not built yet: the model's weights, its losses and metrics, the optimizer's slots."""
        compiled = self._compiled
        needs_parts = kind != "predict" and not compiled.is_ready
        seen = None if example is None else str(unpack_x_y_sample_weight(example)[0])
        if example is not None and (not getattr(self, "built", False) or needs_parts or compiled.seen != seen):
            self._build_parts(kind, example)
            compiled.seen = seen
        if kind != "predict" and isinstance(source, ArrayData):
            self._check_labels(source.data)
        if kind == "train" and self.optimizer is not None and not self.optimizer.built and self._weights_to_train():
            if distribution.in_use():  # first the weights, as what the optimizer keeps of them lies where they do
                for variable in self._weights_to_train():
                    variable.lay_out(distribution.current())
            self.optimizer.build(self._weights_to_train())

    def _build_parts(self, kind: str, example: Any) -> None:
        x, y, _ = unpack_x_y_sample_weight(example)
        is_custom = kind == "train" and type(self).train_step is not Stepping.train_step
        if is_custom and type(self).call is Layer.call:
            return  # a custom step that never calls the model as a whole; its parts are built as it is traced
        try:
            y_pred = self._output_specs(x)
        except Exception:
            if is_custom:  # it may call the model in its own way
                return
            raise
        self._compiled.outputs = tree.flatten(y_pred)
        if kind != "predict":
            self._compiled.build(y, y_pred)

    def _check_labels(self, data: Any) -> None:
        """Integer labels must be classes of the output they are for."""
        _, y, _ = unpack_x_y_sample_weight(data)
        loss, specs = self._compiled.loss, self._compiled.outputs
        if loss is None or y is None or not specs:
            return
        if not isinstance(y, dict) and len(tree.flatten(y)) != len(specs):
            return
        for labels, spec, function, name in zip(loss.outputs.targets(y), specs, loss.functions, loss.names):
            _checks.check_labels(labels, spec.shape[-1] if spec.shape else 1, function, name)

    def _output_specs(self, x: Any) -> Any:
        """What the model gives for inputs like these, as Specs."""
        return engine.spec(lambda inputs: self._spec_call(inputs), x)

    def _spec_call(self, inputs: Any) -> Any:
        with StateScope():
            return self._forward(inputs, training=False)


def _verbosity(verbose: Any) -> int:
    if isinstance(verbose, str) and verbose == "auto":
        return 1 if is_interactive_logging_enabled() else 2
    if not isinstance(verbose, (int, np.integer)) or verbose < 0:
        raise ValueError(f'verbose must be "auto", 0, 1 or 2; got {verbose!r}.')
    return int(verbose) if distribution.is_first() else 0


def _train_epoch(run: Run, epoch: int) -> dict[str, float]:
    run.source.begin_epoch()
    logs = run.epoch(epoch)
    run.source.end_epoch()
    return logs


def _close_bars(runs: CallbackList) -> None:
    for callback in runs.callbacks:
        if isinstance(callback, ProgbarLogger):
            callback._close()


def _with_defaults(callbacks: Any, verbose: int, history: bool = True) -> list[Any]:
    if callbacks is None:
        given = []
    else:
        given = list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]
    if verbose and not any(isinstance(c, ProgbarLogger) for c in given):
        given.append(ProgbarLogger())
    if history and not any(isinstance(c, History) for c in given):
        given.append(History())
    return given if distribution.is_first() else [c for c in given if not getattr(c, "writes_alone", False)]
