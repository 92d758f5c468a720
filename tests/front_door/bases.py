"""Valid calls of everything public, each of whose arguments the sweep makes wrong in turn."""

import importlib.util
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from lamina import (
    Variable,
    activations,
    callbacks,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    models,
    ops,
    optimizers,
    random,
    regularizers,
    utils,
)

TESTS = Path(__file__).parent.parent


class Base(NamedTuple):
    label: str
    function: Callable[..., Any]  # whose arguments are made wrong
    arguments: dict[str, Any]
    use: Callable[[Any], Any] | None = None  # what is done with the result, where faults may show as well


def table(path: str) -> list[Any]:
    """The cases that other tests walk."""
    spec = importlib.util.spec_from_file_location(path.replace("/", "_"), TESTS / path / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.CASES


def bound(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any] | None:
    """The arguments by name; None for functions that take any number without names."""
    arguments = inspect.signature(function).bind(*args, **kwargs)
    kinds = {p.kind for p in inspect.signature(function).parameters.values()}
    return None if inspect.Parameter.VAR_POSITIONAL in kinds else dict(arguments.arguments)


def of_ops() -> Iterator[Base]:
    seen = set()
    for case in table("ops"):
        function = ops
        for part in case.name.split("."):
            function = getattr(function, part)
        arguments = bound(function, case.args, case.kwargs)
        if arguments is not None and case.name not in seen:
            seen.add(case.name)
            yield Base(f"ops.{case.name}", function, arguments)


def of_layers() -> Iterator[Base]:
    for name, arguments, x in table("layers"):
        cls = getattr(layers, name)

        def use(layer: Any, x: Any = x) -> Any:
            return layer(*x) if isinstance(x, tuple) else layer(x)

        yield Base(f"layers.{name}", cls, arguments, use)

        def call(inputs: Any, cls: Any = cls, arguments: Any = arguments) -> Any:
            return cls(**arguments)(inputs)

        yield Base(f"layers.{name}()", lambda inputs: inputs, {"inputs": list(x) if isinstance(x, tuple) else x}, call)


RNG = np.random.default_rng(0)
TRUE = np.eye(4, dtype="float32")[RNG.integers(0, 4, 6)]
PRED = RNG.dirichlet(np.ones(4), 6).astype("float32")
CLASSES = RNG.integers(0, 4, 6)
SPARSE = ("Sparse", "Generalized", "Circle")
# Classes that need an argument, with a valid one.
NEEDED: dict[str, dict[str, Any]] = {
    "MeanIoU": {"num_classes": 4},
    "OneHotIoU": {"num_classes": 4, "target_class_ids": [1]},
    "IoU": {"num_classes": 4, "target_class_ids": [1]},
    "BinaryIoU": {"target_class_ids": [1]},
    "OneHotMeanIoU": {"num_classes": 4},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "MeanMetricWrapper": {"fn": losses.mean_squared_error},
    "MeanRelativeError": {"normalizer": [1.0, 2.0, 3.0, 4.0]},
    "ModelCheckpoint": {"filepath": "x.keras"},
    "BackupAndRestore": {"backup_dir": "x"},
    "CSVLogger": {"filename": "x.csv"},
    "LearningRateScheduler": {"schedule": lambda epoch: 0.1},
    "LossScaleOptimizer": {"inner_optimizer": "sgd"},
    "threshold": {"x": np.ones((3, 3), "float32"), "threshold": 0.5, "default_value": 0.0},
    "CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": 10},
    "ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5},
    "InverseTimeDecay": {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5},
    "PolynomialDecay": {"initial_learning_rate": 0.1, "decay_steps": 10},
    "CosineDecayRestarts": {"initial_learning_rate": 0.1, "first_decay_steps": 10},
    "PiecewiseConstantDecay": {"boundaries": [1, 2], "values": [0.1, 0.2, 0.3]},
}
APART = {  # abstract, or of files, networks and threads of their own
    "Loss",
    "Metric",
    "Optimizer",
    "Initializer",
    "Regularizer",
    "Constraint",
    "Callback",
    "CallbackList",
    "LearningRateSchedule",
    "LambdaCallback",
    "RemoteMonitor",
    "MultiOptimizer",
    "TensorBoard",
    "OrbaxCheckpoint",
    "RandomInitializer",
    "IdentityInitializer",
    "STFT",
    "STFTInitializer",
}


def classes(room: Any, base: type) -> Iterator[tuple[str, type]]:
    seen = set()
    for name in room.__all__:
        thing = getattr(room, name)
        if isinstance(thing, type) and issubclass(thing, base) and thing.__name__ not in APART and thing not in seen:
            seen.add(thing)
            yield thing.__name__, thing


def of_losses_and_metrics() -> Iterator[Base]:
    for name, cls in classes(losses, losses.Loss):
        if name != "CTC":
            target = CLASSES if name.startswith(SPARSE) or any(s in name for s in SPARSE) else TRUE
            yield Base(f"losses.{name}", cls, {}, lambda loss, t=target: loss(t, PRED))
            yield Base(
                f"losses.{name}()",
                lambda y_true, y_pred, sample_weight=None, cls=cls: cls()(y_true, y_pred, sample_weight),
                {"y_true": target, "y_pred": PRED},
            )
    for name, cls in classes(metrics, metrics.Metric):
        target = CLASSES if name.startswith("Sparse") or name == "MeanIoU" else TRUE
        prediction = CLASSES if name == "MeanIoU" else PRED
        if name in ("Mean", "Sum"):
            yield Base(f"metrics.{name}", cls, {}, lambda metric: (metric.update_state(PRED), metric.result()))
            continue
        needed = NEEDED.get(name, {})
        yield Base(f"metrics.{name}", cls, needed, lambda m, t=target, p=prediction: (m.update_state(t, p), m.result()))

        def update(y_true: Any, y_pred: Any, sample_weight: Any = None, cls: Any = cls, needed: Any = needed) -> Any:
            metric = cls(**needed)
            metric.update_state(y_true, y_pred, sample_weight)
            return metric.result()

        yield Base(f"metrics.{name}.update_state", update, {"y_true": target, "y_pred": prediction})


def of_small_things() -> Iterator[Base]:
    weight = np.ones((3, 3), "float32")
    for name, cls in classes(optimizers, optimizers.Optimizer):

        def step(optimizer: Any) -> None:
            variable = Variable(weight)
            optimizer.apply([ops.convert_to_tensor(weight)], [variable])

        yield Base(f"optimizers.{name}", cls, NEEDED.get(name, {}), step)
    for name, cls in classes(optimizers.schedules, optimizers.schedules.LearningRateSchedule):
        yield Base(f"optimizers.schedules.{name}", cls, NEEDED.get(name, {}), lambda schedule: schedule(3))
    for name, cls in classes(initializers, initializers.Initializer):
        yield Base(f"initializers.{name}", cls, {}, lambda initializer: initializer((3, 3)))
        yield Base(f"initializers.{name}()", lambda shape, dtype=None, cls=cls: cls()(shape, dtype), {"shape": (3, 3)})
    for name, cls in classes(regularizers, regularizers.Regularizer):
        yield Base(f"regularizers.{name}", cls, {}, lambda regularizer: regularizer(weight))
    for name, cls in classes(constraints, constraints.Constraint):
        yield Base(f"constraints.{name}", cls, {}, lambda constraint: constraint(weight))
    for name, cls in classes(callbacks, callbacks.Callback):
        yield Base(f"callbacks.{name}", cls, NEEDED.get(name, {}))
    for name in activations.__all__:
        function = getattr(activations, name)
        if inspect.isfunction(function) and name not in ("get", "serialize", "deserialize"):
            yield Base(f"activations.{name}", function, NEEDED.get(name, {"x": weight}))


def of_functions() -> Iterator[Base]:
    shape = (2, 3)
    yield Base("random.normal", random.normal, {"shape": shape})
    yield Base("random.uniform", random.uniform, {"shape": shape})
    yield Base("random.truncated_normal", random.truncated_normal, {"shape": shape})
    yield Base("random.randint", random.randint, {"shape": shape, "minval": 0, "maxval": 5})
    yield Base("random.gamma", random.gamma, {"shape": shape, "alpha": 0.5})
    yield Base("random.beta", random.beta, {"shape": shape, "alpha": 0.5, "beta": 0.5})
    yield Base("random.binomial", random.binomial, {"shape": shape, "counts": 5, "probabilities": 0.5})
    yield Base("random.categorical", random.categorical, {"logits": PRED, "num_samples": 2})
    yield Base("random.dropout", random.dropout, {"inputs": PRED, "rate": 0.5})
    yield Base("random.shuffle", random.shuffle, {"x": PRED})
    yield Base("random.SeedGenerator", random.SeedGenerator, {"seed": 3}, lambda seed: random.normal((2,), seed=seed))
    yield Base("utils.to_categorical", utils.to_categorical, {"x": CLASSES, "num_classes": 4})
    yield Base("utils.normalize", utils.normalize, {"x": PRED})
    yield Base("utils.split_dataset", utils.split_dataset, {"dataset": PRED, "left_size": 0.5})
    yield Base("utils.pad_sequences", utils.pad_sequences, {"sequences": [[1], [2, 3]]})
    yield Base(
        "utils.timeseries_dataset_from_array",
        utils.timeseries_dataset_from_array,
        {"data": PRED, "targets": None, "sequence_length": 2},
    )
    yield Base("utils.set_random_seed", utils.set_random_seed, {"seed": 1})
    yield Base(
        "utils.get_file",
        lambda fname, origin: utils.get_file(fname, origin),
        {"fname": "x", "origin": "file:///nowhere/x"},
    )
    yield Base("Variable", Variable, {"initializer": PRED})
    yield Base("layers.Input", layers.Input, {"shape": (3,)})
    yield from of_models()


def of_models() -> Iterator[Base]:
    def model(**kwargs: Any) -> Any:
        net = models.Sequential([layers.Input((4,)), layers.Dense(4, activation="softmax")])
        net.compile("sgd", "categorical_crossentropy", **kwargs)
        return net

    def compile(
        optimizer="sgd",
        loss="mse",
        loss_weights=None,
        metrics=None,
        weighted_metrics=None,
        run_eagerly=False,
        steps_per_execution=1,
    ):
        net = models.Sequential([layers.Input((4,)), layers.Dense(4)])
        net.compile(optimizer, loss, loss_weights, metrics, weighted_metrics, run_eagerly, steps_per_execution)
        net.fit(PRED, TRUE, verbose=0)

    def fit(
        x, y=None, validation_freq=1, validation_split=0.0, epochs=1, initial_epoch=0, shuffle=True, verbose=0, **kwargs
    ):
        given = {
            "validation_freq": validation_freq,
            "validation_split": validation_split,
            "epochs": epochs,
            "shuffle": shuffle,
        }
        model().fit(x, y, initial_epoch=initial_epoch, verbose=verbose, **given, **kwargs)

    yield Base("Model.compile", compile, {})
    further = (
        "batch_size",
        "callbacks",
        "class_weight",
        "sample_weight",
        "steps_per_epoch",
        "validation_steps",
        "validation_batch_size",
    )
    valid = {"x": PRED, "y": TRUE, "validation_data": (PRED, TRUE), **dict.fromkeys(further)}
    yield Base("Model.fit", fit, valid)
    yield Base(
        "Model.evaluate",
        lambda x, y=None, batch_size=None, sample_weight=None, steps=None: model().evaluate(
            x, y, batch_size, 0, sample_weight, steps
        ),
        {"x": PRED, "y": TRUE},
    )
    yield Base(
        "Model.predict", lambda x, batch_size=None, steps=None: model().predict(x, batch_size, 0, steps), {"x": PRED}
    )
    yield Base(
        "Model.train_on_batch",
        lambda x, y=None, sample_weight=None, class_weight=None: model().train_on_batch(
            x, y, sample_weight, class_weight
        ),
        {"x": PRED, "y": TRUE},
    )
    yield Base("Model.set_weights", lambda weights: model().set_weights(weights), {"weights": model().get_weights()})
    yield Base("Sequential", models.Sequential, {"layers": [layers.Dense(3)]})
    x = layers.Input((4,))
    yield Base(
        "Model", lambda inputs, outputs: models.Model(inputs, outputs), {"inputs": x, "outputs": layers.Dense(2)(x)}
    )


GROUPS: dict[str, Callable[[], Iterator[Base]]] = {
    "ops": of_ops,
    "layers": of_layers,
    "losses and metrics": of_losses_and_metrics,
    "small things": of_small_things,
    "functions": of_functions,
}
