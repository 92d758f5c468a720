"""`Trainer`: compile, fit, evaluate, predict. Models inherit it."""

import time
import warnings
from typing import Any

import numpy as np

from lamina import metrics as metrics_module
from lamina import ops, optimizers, tree
from lamina._deprecation import warn_once
from lamina.config._switches import is_interactive_logging_enabled
from lamina.engines import engine
from lamina.variables import StateScope, deserialize_keras_object, host_generator, serialize_keras_object

from . import _checks
from ._compile_loss import CompileLoss, len_of
from ._compile_metrics import CompileMetrics
from ._data import ArrayData, PyDataset, StreamData, as_arrays, is_frame, split, unpack_x_y_sample_weight
from ._flat import FlatState, can_flatten
from ._interrupts import DeferredInterrupt
from ._steps import Step
from .callbacks import CallbackList, History, ProgbarLogger

CHUNK_S = 0.1  # how long a run of steps may take before control comes back


class Trainer:
    """The part of a model that trains. Override `train_step`, `test_step`, `predict_step` or `compute_loss` to change how."""

    def __init__(self) -> None:
        self._init_trainer()

    def _init_trainer(self) -> None:
        self.__dict__.setdefault("stop_training", False)
        self.__dict__.setdefault("compiled", False)
        self.__dict__.setdefault("optimizer", None)
        self.__dict__.setdefault("_compile_loss", None)
        self.__dict__.setdefault("_compile_metrics", None)
        self.__dict__.setdefault("_loss_tracker", None)
        self.__dict__.setdefault("_compile_config", None)
        self.__dict__.setdefault("_steps", {})
        self.__dict__.setdefault("run_eagerly", False)

    # --- compile ------------------------------------------------------------------------------------------------------

    def compile(
        self, optimizer: Any = "rmsprop", loss: Any = None, loss_weights: Any = None, metrics: Any = None,
        weighted_metrics: Any = None, run_eagerly: bool = False, steps_per_execution: int = 1, jit_compile: Any = "auto",
        auto_scale_loss: bool = True, **kwargs: Any,
    ) -> None:  # fmt: skip
        """Sets how the model is trained.

        Args:
            optimizer: name or Optimizer.
            loss: name, function or Loss; a list or dict of them for several outputs.
            loss_weights: a number for each output.
            metrics: names, functions or Metrics, evaluated without sample weights.
            weighted_metrics: the same, evaluated with sample and class weights.
            run_eagerly: whether steps run as plain Python on arrays (for debugging) instead of compiled.
            steps_per_execution, jit_compile: accepted; steps are always compiled and run in chunks.
            auto_scale_loss: whether a mixed_float16 model gets loss scaling.
        Raises ValueError for unknown names, TypeError for arguments of the wrong kind.
        """
        self._init_trainer()
        kwargs.pop("sample_weight_mode", None)
        if kwargs:
            raise TypeError(f"compile: unexpected arguments {sorted(kwargs)}.")
        optimizer = optimizers.get(optimizer)
        policy = getattr(self, "dtype_policy", None)
        if (
            auto_scale_loss
            and getattr(policy, "name", "") == "mixed_float16"
            and type(optimizer).__name__ != "LossScaleOptimizer"
        ):
            optimizer = optimizers.LossScaleOptimizer(optimizer)
        names = getattr(self, "output_names", None)
        self._compile_loss = CompileLoss(loss, loss_weights, names) if loss is not None else None
        self._compile_metrics = (
            CompileMetrics(metrics, weighted_metrics, names)
            if metrics is not None or weighted_metrics is not None
            else None
        )
        self.__dict__["optimizer"] = optimizer
        self.loss = loss
        self.__dict__["_loss_tracker"] = metrics_module.Mean(name="loss")
        self.run_eagerly = bool(run_eagerly)
        self.stop_training = False
        self.compiled = True
        self.__dict__["_steps"] = {}
        self.__dict__["_compile_config"] = {
            "optimizer": optimizer, "loss": loss, "loss_weights": loss_weights, "metrics": metrics,
            "weighted_metrics": weighted_metrics, "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution, "jit_compile": False,
        }  # fmt: skip

    def get_compile_config(self) -> dict[str, Any] | None:
        """The arguments of `compile` as JSON values; None if the model is not compiled."""
        self._init_trainer()
        if not self.compiled:
            return None
        return {k: serialize_keras_object(v) for k, v in self._compile_config.items()}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compiles the model as `get_compile_config` described it."""
        config = {k: deserialize_keras_object(v) for k, v in config.items()}
        known = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics", "run_eagerly")
        self.compile(**{k: v for k, v in config.items() if k in known})
        if getattr(self, "built", False) and self.optimizer is not None:
            self.optimizer.build(self.trainable_variables)

    def _require_compiled(self, what: str) -> None:
        self._init_trainer()
        if not self.compiled:
            raise ValueError(f"Call model.compile(optimizer=..., loss=...) before model.{what}().")

    # --- what a step does ---------------------------------------------------------------------------------------------

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """The scalar to minimise: the compiled losses, and what layers added."""
        terms = []
        if self._compile_loss is not None:
            loss = self._compile_loss(y, y_pred, sample_weight)
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
        if self._compile_metrics is not None:
            self._compile_metrics.update_state(y, y_pred, sample_weight)

    def _forward(self, x: Any, training: bool) -> Any:
        return self(x, training=training)

    def train_step(self, data: Any) -> dict[str, Any]:
        """One update on a batch. Overridden, it may use `GradientTape` and `self.optimizer.apply`; it is compiled too.

        Args:
            data: (x,), (x, y) or (x, y, sample_weight), tensors.
        Returns: dict of logs, scalars.
        """
        self._train(data, None)
        return self.get_metrics_result()

    def _train(self, data: Any, flat: FlatState | None) -> None:
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        variables = self.trainable_variables

        def loss_of(values: list[Any]) -> Any:
            with StateScope(zip(variables, values)) as scope:
                y_pred = self._forward(x, training=True)
                loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=True)
                scaled = self.optimizer.scale_loss(loss) if self.optimizer is not None else loss
            known = {id(v) for v in variables}
            changed = [(v, value) for v, value in scope.items() if id(v) not in known]
            return scaled, (loss, y_pred, [value for _, value in changed], _Opaque([v for v, _ in changed]))

        values = [v.value for v in variables]
        (_, (loss, y_pred, new_values, changed)), gradients = engine.value_and_grad(loss_of, has_aux=True)(values)
        for variable, value in zip(changed.items, new_values):
            variable.assign(value)
        self._loss_tracker.update_state(loss, sample_weight=len_of(tree.flatten(x)[0]))
        if flat is not None:
            flat.apply(gradients)
        elif variables:
            self.optimizer.apply(gradients, variables)
        else:
            warn_once(f"no weights:{id(self)}", "The model has no trainable weights; nothing is learned.", UserWarning)
        self._update_metrics(y, y_pred, sample_weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Loss and metrics of a batch."""
        self._test(data)
        return self.get_metrics_result()

    def _test(self, data: Any) -> None:
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self._forward(x, training=False)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=False)
        self._loss_tracker.update_state(loss, sample_weight=len_of(tree.flatten(x)[0]))
        self._update_metrics(y, y_pred, sample_weight)

    def predict_step(self, data: Any) -> Any:
        """The outputs for a batch."""
        x, _, _ = unpack_x_y_sample_weight(data)
        return self._forward(x, training=False)

    # --- metrics ------------------------------------------------------------------------------------------------------

    @property
    def metrics(self) -> list[Any]:
        """The loss tracker, the trackers of each output's loss, metrics of layers, and the compiled metrics."""
        self._init_trainer()
        found = [self._loss_tracker] if self._loss_tracker is not None else []
        if self._compile_loss is not None:
            found += self._compile_loss.trackers
        found += self._layer_metrics()
        if self._compile_metrics is not None:
            found += self._compile_metrics.metrics
        return list({id(m): m for m in found}.values())

    def _layer_metrics(self) -> list[Any]:
        layers = [self, *self._flatten_layers(include_self=False)]
        return [m for layer in layers for m in getattr(layer, "_metrics", []) or []]

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
        results: dict[str, Any] = {}
        for metric in self.metrics:
            value = metric.result()
            results.update(value if isinstance(value, dict) else {metric.name: value})
        return results

    # --- fit ----------------------------------------------------------------------------------------------------------

    def fit(
        self, x: Any = None, y: Any = None, batch_size: int | None = None, epochs: int = 1, verbose: Any = "auto",
        callbacks: Any = None, validation_split: float = 0.0, validation_data: Any = None, shuffle: Any = True,
        class_weight: Any = None, sample_weight: Any = None, initial_epoch: int = 0, steps_per_epoch: int | None = None,
        validation_steps: int | None = None, validation_batch_size: int | None = None, validation_freq: Any = 1, **old: Any,
    ) -> History:  # fmt: skip
        """Trains the model.

        Args:
            x: arrays `(samples, ...)`, nested as the model's inputs; or batches: a PyDataset, loader or generator.
            y: targets `(samples, ...)`; none for batches, which carry them.
            batch_size: samples an update, 32 by default; none for batches.
            epochs: number of the last epoch.
            verbose: 0 silent, 1 progress bar, 2 one line an epoch, "auto" 1.
            callbacks: list of Callback.
            validation_split: fraction of the arrays, from their end, kept for validation.
            validation_data: (x, y), (x, y, sample_weight), or batches.
            shuffle: whether the order changes every epoch (a function of the seed and the epoch); "batch" for whole batches.
            class_weight: dict from class index to weight.
            sample_weight: weights `(samples,)`.
            initial_epoch: epoch to begin with.
            steps_per_epoch: batches an epoch; by default all.
            validation_steps: batches of validation; by default all.
            validation_batch_size: by default batch_size.
            validation_freq: every how many epochs to validate, or the list of epochs (from 1).
        Returns: History; `.history` maps names of logs to their values by epoch.
        Raises ValueError or TypeError, before anything runs, for arguments and data that do not fit.
        """
        epochs = _old_epochs(old, epochs)
        self._require_compiled("fit")
        _checks.check_run(batch_size, epochs, initial_epoch, steps_per_epoch, "fit")
        _checks.check_split(validation_split)
        source = self._source(x, y, sample_weight, batch_size, shuffle, class_weight, "fit")
        validation = None
        if validation_split and validation_data is None:
            if not isinstance(source, ArrayData):
                raise ValueError("fit: validation_split works on arrays; give validation_data for batches.")
            first, last = split(source.data, validation_split)
            source = ArrayData(*unpack_x_y_sample_weight(first), source.batch_size, shuffle, source.seed)
            validation = ArrayData(*unpack_x_y_sample_weight(last), validation_batch_size or source.batch_size)
        elif validation_data is not None:
            vx, vy, vw = (
                unpack_x_y_sample_weight(validation_data)
                if isinstance(validation_data, (tuple, list))
                else (validation_data, None, None)
            )
            validation = self._source(vx, vy, vw, validation_batch_size or batch_size, False, None, "validation_data")
        verbose = _verbosity(verbose)
        step = self._step("train", source)
        runs = CallbackList(
            _with_defaults(callbacks, verbose), self, epochs=epochs, verbose=verbose,
            steps=steps_per_epoch or source.num_batches,
        )  # fmt: skip
        self.stop_training = False
        runs.call("on_train_begin", {})
        logs: dict[str, Any] = {}
        try:
            for epoch in range(initial_epoch, epochs):
                self.reset_metrics()
                runs.call("on_epoch_begin", epoch, {})
                logs = self._run_epoch(step, source, epoch, runs, steps_per_epoch)
                if validation is not None and _validates(validation_freq, epoch):
                    results = self._run_test(validation, runs, validation_steps)
                    logs.update({f"val_{k}": v for k, v in results.items()})
                runs.call("on_epoch_end", epoch, logs)
                if self.stop_training:
                    break
        finally:
            self._close_bars(runs)
        if self.optimizer is not None and self.trainable_variables:
            self.optimizer.finalize_variable_values(self.trainable_variables)
        runs.call("on_train_end", logs)
        return next(c for c in runs.callbacks if isinstance(c, History))

    def _run_epoch(self, step: Any, source: Any, epoch: int, runs: CallbackList, limit: int | None) -> dict[str, float]:
        if isinstance(source, StreamData) and source.is_dataset:
            source.source.on_epoch_begin()
        logs = self._run_batches(step, source, epoch, runs, limit, "train")
        if isinstance(source, StreamData) and source.is_dataset:
            source.source.on_epoch_end()
        return logs

    def _run_batches(
        self, step: Any, source: Any, epoch: int, runs: CallbackList, limit: int | None, kind: str
    ) -> dict[str, float]:
        """All batches of an epoch; returns the logs as floats."""
        by_batch = runs.has(f"on_{kind}_batch_begin") or runs.has(f"on_{kind}_batch_end")
        bars = [c for c in runs.callbacks if isinstance(c, ProgbarLogger)]
        with DeferredInterrupt() as interrupt:
            if isinstance(source, ArrayData) and not by_batch and isinstance(step, Step):
                last = self._run_chunks(step, source, epoch, bars, limit, interrupt)
            else:
                last = self._run_one_by_one(step, source, epoch, runs, bars, limit, kind, interrupt)
        return self._logs(last)

    def _run_chunks(
        self, step: Step, source: ArrayData, epoch: int, bars: list, limit: int | None, interrupt: Any
    ) -> Any:
        """Data in memory, nobody watching each batch: many steps in one go, about a tenth of a second long."""
        order = source.order(epoch)
        size = source.batch_size
        full = source.size // size
        total = min(source.num_batches, limit or source.num_batches)
        rows = order[: full * size].reshape(full, size)
        last, done, chunk = None, 0, 1
        while done < min(full, total):
            began = time.perf_counter()
            last = step.on_places(source, rows[done : min(done + chunk, total)])
            done = min(done + chunk, full, total)
            interrupt.check()
            elapsed = time.perf_counter() - began
            chunk = max(1, min(int(chunk * CHUNK_S / max(elapsed, 1e-6)), 2 * chunk + 8))
            for bar in bars:
                bar.progress(done, self._logs(last))
        if done < total and full * size < source.size:
            last = step.on_places(source, order[None, full * size :])
            done += 1
        if limit and limit > done:
            warnings.warn(f"The data ended after {done} of {limit} steps.", UserWarning, stacklevel=4)
        return last

    def _run_one_by_one(
        self, step: Any, source: Any, epoch: int, runs: CallbackList, bars: list, limit: int | None, kind: str, interrupt: Any
    ) -> Any:  # fmt: skip
        last, n, shown = None, 0, 0.0
        total = limit or source.num_batches
        places = self._places(source, epoch) if isinstance(source, ArrayData) and isinstance(step, Step) else None
        batches = None if places is not None else source.batches(epoch)
        watched = runs.has(f"on_{kind}_batch_end")
        try:
            while total is None or n < total:
                item = next(places if places is not None else batches, None)
                if item is None:
                    if limit is not None and n < limit:
                        warnings.warn(f"The data ended after {n} of {limit} steps.", UserWarning, stacklevel=5)
                    break
                runs.call(f"on_{kind}_batch_begin", n, {})
                if places is not None:
                    last = step.on_places(source, item[None])
                else:
                    last = self._on_batch(step, item, kind)
                interrupt.check()
                now = time.perf_counter()
                if watched:
                    runs.call(f"on_{kind}_batch_end", n, self._logs(last))
                n += 1
                if bars and now - shown > CHUNK_S:
                    shown = now
                    for bar in bars:
                        bar.progress(n, self._logs(last))
                if self.stop_training and kind == "train":
                    break
        finally:
            if batches is not None and not (isinstance(source, StreamData) and not source.restarts):
                close = getattr(batches, "close", None)
                if close is not None:
                    close()
        if n == 0:
            raise ValueError(f"{'fit' if kind == 'train' else 'evaluate'}: the data gave no batch at all.")
        return last

    @staticmethod
    def _places(source: ArrayData, epoch: int) -> Any:
        order = source.order(epoch)
        return (order[i : i + source.batch_size] for i in range(0, source.size, source.batch_size))

    def _on_batch(self, step: Any, batch: Any, kind: str) -> Any:
        batch = tuple(batch) if isinstance(batch, (tuple, list)) else (batch,)
        if isinstance(step, Step):
            return step.on_batch(batch)
        return step(tree.map_structure(lambda a: None if a is None else engine.tensor(a), batch))

    def _logs(self, last: Any) -> dict[str, float]:
        """Floats, from what the last step returned, or else from the metrics; sorted by name as in Keras."""
        found = last if isinstance(last, dict) else self.get_metrics_result()
        return {k: _plain(v) for k, v in sorted(found.items())}

    @staticmethod
    def _close_bars(runs: CallbackList) -> None:
        for callback in runs.callbacks:
            if isinstance(callback, ProgbarLogger):
                callback._close()

    # --- evaluate, predict --------------------------------------------------------------------------------------------

    def evaluate(
        self, x: Any = None, y: Any = None, batch_size: int | None = None, verbose: Any = "auto", sample_weight: Any = None,
        steps: int | None = None, callbacks: Any = None, return_dict: bool = False, **old: Any,
    ) -> Any:  # fmt: skip
        """Loss and metrics on data.

        Args as for `fit`. Returns: the loss as float, or a list [loss, metrics...] in the order of `metrics_names`; a dict
        with `return_dict`.
        """
        _old_epochs(old, 1)
        self._require_compiled("evaluate")
        _checks.check_run(batch_size, steps=steps, where="evaluate")
        source = self._source(x, y, sample_weight, batch_size, False, None, "evaluate")
        verbose = _verbosity(verbose)
        runs = CallbackList(
            _with_defaults(callbacks, verbose, history=False), self, verbose=verbose, steps=steps or source.num_batches
        )
        try:
            logs = self._run_test(source, runs, steps)
        finally:
            self._close_bars(runs)
        if return_dict:
            return logs
        ordered = [logs.pop(name) for name in self.metrics_names if name in logs] + list(logs.values())
        return ordered[0] if len(ordered) == 1 else ordered

    def _run_test(self, source: Any, runs: CallbackList, steps: int | None) -> dict[str, float]:
        step = self._step("test", source)
        saved = [np.array(v._value) for v in self.metrics_variables]
        self.reset_metrics()
        runs.call("on_test_begin", {})
        logs = self._run_batches(step, source, 0, runs, steps, "test")
        runs.call("on_test_end", logs)
        for variable, value in zip(self.metrics_variables, saved):
            variable.assign(value)
        return logs

    def predict(
        self, x: Any, batch_size: int | None = None, verbose: Any = "auto", steps: int | None = None, callbacks: Any = None,
        **old: Any,
    ) -> Any:  # fmt: skip
        """The outputs for all samples of `x`, NumPy arrays `(samples, ...)` nested as the model's outputs."""
        _old_epochs(old, 1)
        self._init_trainer()
        _checks.check_run(batch_size, steps=steps, where="predict")
        source = self._source(x, None, None, batch_size, False, None, "predict")
        verbose = _verbosity(verbose)
        total = steps or source.num_batches
        runs = CallbackList(_with_defaults(callbacks, verbose, history=False), self, verbose=verbose, steps=total)
        step = self._step("predict", source)
        runs.call("on_predict_begin", {})
        parts: list[Any] = []
        try:
            for n, batch in enumerate(source.batches(0)):
                if steps is not None and n >= steps:
                    break
                runs.call("on_predict_batch_begin", n, {})
                output = self._on_batch(step, batch, "predict")
                runs.call("on_predict_batch_end", n, {"outputs": output})
                parts.append(output)
        finally:
            self._close_bars(runs)
        if not parts:
            raise ValueError("predict: the data gave no batch at all.")
        runs.call("on_predict_end", {})
        return tree.map_structure(
            lambda *p: engine.numpy(p[0]) if len(p) == 1 else np.concatenate([engine.numpy(i) for i in p]), *parts
        )

    # --- single batches -----------------------------------------------------------------------------------------------

    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """One update on one batch; returns the running logs (metrics go on until `reset_metrics`)."""
        self._require_compiled("train_on_batch")
        source = self._source(x, y, sample_weight, None, False, class_weight, "train_on_batch")
        return self._one_batch("train", source, return_dict)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """Loss and metrics, with one batch more."""
        self._require_compiled("test_on_batch")
        return self._one_batch(
            "test", self._source(x, y, sample_weight, None, False, None, "test_on_batch"), return_dict
        )

    def _one_batch(self, kind: str, source: ArrayData, return_dict: bool) -> Any:
        logs = self._logs(self._on_batch(self._step(kind, source), source.data, kind))
        if return_dict:
            return logs
        ordered = [logs.pop(name) for name in self.metrics_names if name in logs] + list(logs.values())
        return ordered[0] if len(ordered) == 1 else ordered

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch, NumPy arrays."""
        self._init_trainer()
        source = self._source(x, None, None, None, False, None, "predict_on_batch")
        output = self._on_batch(self._step("predict", source), source.data, "predict")
        return tree.map_structure(engine.numpy, output)

    # --- how data and steps are made ----------------------------------------------------------------------------------

    def _source(
        self, x: Any, y: Any, sample_weight: Any, batch_size: int | None, shuffle: Any, class_weight: Any, where: str
    ) -> Any:
        """ArrayData or StreamData, checked."""
        if _is_stream(x):
            if y is not None or sample_weight is not None:
                raise ValueError(
                    f"{where}: when x gives batches, they carry y and sample_weight; do not give them too."
                )
            if class_weight is not None:
                raise ValueError(f"{where}: class_weight works on arrays; put weights into the batches.")
            return StreamData(x, shuffle, _run_seed(shuffle))
        if x is None:
            raise ValueError(f"{where}: x is missing.")
        x, y, sample_weight = as_arrays(x, "x"), as_arrays(y, "y"), as_arrays(sample_weight, "sample_weight")
        _checks.check_lengths(x, y, sample_weight, where)
        _checks.warn_not_finite(x, y, sample_weight, where)
        if class_weight is not None:
            sample_weight = _checks.class_weights_to_sample_weights(y, class_weight, sample_weight)
        x = self._host_inputs(x)
        size = len(tree.flatten(x)[0])
        whole = where.endswith("_on_batch")
        return ArrayData(
            x, y, sample_weight, size if whole else min(batch_size or 32, max(size, 1)), shuffle, _run_seed(shuffle)
        )

    def _host_inputs(self, x: Any) -> Any:
        """Lets layers that read strings do their part on the host; overridden by models that have such layers."""
        return x

    def _step(self, kind: str, source: Any) -> Any:
        """The compiled step of that kind for the model as it is now; a plain function with run_eagerly."""
        example = self._example(source)
        self._build_for(kind, example, source)
        if self.run_eagerly:
            return {"train": self._eager_train, "test": self.test_step, "predict": self.predict_step}[kind]
        variables = self._step_variables(kind)
        key = (kind, tuple(id(v) for v in variables), tuple(v.trainable for v in variables))
        cached = self._steps.get(kind)
        if cached is not None and cached[0] == key and (cached[1].flat is None or cached[1].flat.is_current()):
            return cached[1]
        flat = None
        is_default = type(self).train_step is Trainer.train_step
        if (
            kind == "train"
            and is_default
            and getattr(engine, "MUTABLE", False)
            and can_flatten(self.optimizer, self.trainable_variables)
        ):
            flat = FlatState(self.optimizer, self.trainable_variables)
        step = Step(self._update_of(kind), variables, flat)
        self._steps[kind] = (key, step)
        return step

    def _eager_train(self, data: Any) -> Any:
        return self.train_step(data)

    def _update_of(self, kind: str) -> Any:
        """The body of the step: without logs where the default step runs, since metrics carry them."""
        if kind == "predict":
            return lambda batch, flat: self.predict_step(batch)
        method, default, quiet = {
            "train": (self.train_step, Trainer.train_step, self._train),
            "test": (self.test_step, Trainer.test_step, lambda batch, flat: self._test(batch)),
        }[kind]
        if method.__func__ is default:
            return lambda batch, flat: quiet(batch, flat)
        return lambda batch, flat: method(batch)

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
        if getattr(self, "built", False) and self._is_ready():
            return None
        batch = source.peek()
        return tree.map_structure(lambda a: None if a is None else engine.Spec(a.shape, a.dtype), batch)

    def _is_ready(self) -> bool:
        loss, metrics = self._compile_loss, self._compile_metrics
        return (loss is None or loss.built) and (metrics is None or metrics.built)

    def _build_for(self, kind: str, example: Any, source: Any) -> None:
        """Builds what is not built yet: the model's weights, its losses and metrics, the optimizer's slots."""
        needs_parts = kind != "predict" and not self._is_ready()
        if example is not None and (
            not getattr(self, "built", False) or needs_parts or not self.__dict__.get("_output_specs")
        ):
            x, y, _ = unpack_x_y_sample_weight(example)
            y_pred = engine.spec(lambda inputs: self._spec_call(inputs), x)
            self.__dict__["_output_specs"] = tree.flatten(y_pred)
            if kind != "predict":
                if self._compile_loss is not None and not self._compile_loss.built:
                    self._compile_loss.build(y_pred)
                if self._compile_metrics is not None and not self._compile_metrics.built:
                    self._compile_metrics.build(y, y_pred)
        if kind != "predict" and isinstance(source, ArrayData):
            self._check_labels(source.data)
        if kind == "train" and self.optimizer is not None and not self.optimizer.built:
            self.optimizer.build(self.trainable_variables)

    def _check_labels(self, data: Any) -> None:
        """Integer labels must be classes of the output they are for."""
        _, y, _ = unpack_x_y_sample_weight(data)
        loss, specs = self._compile_loss, self.__dict__.get("_output_specs")
        if loss is None or y is None or specs is None or loss.keys is not None or len(tree.flatten(y)) != len(specs):
            return
        for labels, spec, function, name in zip(tree.flatten(y), specs, loss.functions, loss.names):
            _checks.check_labels(labels, spec.shape[-1] if spec.shape else 1, function, name)

    def _spec_call(self, inputs: Any) -> Any:
        with StateScope():
            return self._forward(inputs, training=False)


class _Opaque:
    """Carries Python objects through a traced function's result as one leaf that is no array."""

    def __init__(self, items: list[Any]):
        self.items = items


def _verbosity(verbose: Any) -> int:
    if verbose == "auto":
        return 1 if is_interactive_logging_enabled() else 2
    return int(verbose)


def _plain(value: Any) -> Any:
    array = engine.numpy(value) if not isinstance(value, (int, float)) else np.asarray(value)
    return float(array) if array.ndim == 0 else array


def _is_stream(x: Any) -> bool:
    if isinstance(x, PyDataset):
        return True
    if isinstance(x, (np.ndarray, dict)) or engine.is_tensor(x) or is_frame(x) or hasattr(x, "__array__"):
        return False
    if isinstance(x, (list, tuple)):
        return False
    if isinstance(x, (str, bytes)) or not hasattr(x, "__iter__"):
        raise TypeError(
            f"x: expected arrays, a data frame, a PyDataset or an iterable of batches; got {type(x).__name__}."
        )
    return True


def _run_seed(shuffle: Any) -> int:
    return int(host_generator().integers(0, 2**63)) if shuffle else 0


def _with_defaults(callbacks: Any, verbose: int, history: bool = True) -> list[Any]:
    if callbacks is None:
        given = []
    else:
        given = list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]
    if verbose and not any(isinstance(c, ProgbarLogger) for c in given):
        given.append(ProgbarLogger())
    if history and not any(isinstance(c, History) for c in given):
        given.append(History())
    return given


def _validates(frequency: Any, epoch: int) -> bool:
    if isinstance(frequency, int):
        return (epoch + 1) % frequency == 0
    return (epoch + 1) in frequency


def _old_epochs(old: dict[str, Any], epochs: int) -> int:
    """Arguments of Keras 1 and 2 that `fit` and the others no longer have."""
    if "nb_epoch" in old:
        warn_once("nb_epoch", "fit(nb_epoch=) is Keras 1's name; write epochs=.")
        epochs = old.pop("nb_epoch")
    for name in ("workers", "use_multiprocessing", "max_queue_size"):
        if name in old:
            warn_once(f"fit:{name}", f"fit({name}=) has no effect; give it to the PyDataset.")
            old.pop(name)
    if old:
        raise TypeError(f"Unexpected arguments {sorted(old)}.")
    return epochs
