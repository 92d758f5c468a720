"""Faulty and healthy programs: tasks, each with a network that learns it, and faults that are planted in it.

A fault is a function from a `Program` to another, with the rule that should name it, the layer that it is in ("hidden", "last" or
None), and a part of the line to write instead. Which part a program belongs to, "tuning" or "final", its name decides.
"""

import hashlib
from dataclasses import dataclass, field, replace

import numpy as np
from _setup import Setup, keras, layers


@dataclass(frozen=True)
class Program:
    """What a training is made of; layers by functions, so that each program has its own."""

    name: str
    x: np.ndarray
    y: np.ndarray
    hidden: tuple
    units: int
    activation: str | None
    loss: object
    optimizer: object = "adam"
    metrics: tuple = ()
    options: dict = field(default_factory=dict)
    tail: tuple = ()
    right: tuple | None = None

    def setup(self):
        keras.utils.set_random_seed(0)
        last = layers.Dense(self.units, activation=self.activation, name="last")
        parts = [make() for make in (*self.hidden, lambda: last, *self.tail)]
        optimizer = self.optimizer() if callable(self.optimizer) else self.optimizer
        model = keras.Sequential([keras.Input(self.x.shape[1:]), *parts])
        return Setup(
            model, self.x, self.y, self.loss, optimizer, list(self.metrics), dict(self.options), right=self.right
        )

    @property
    def part(self):
        return "final" if hashlib.sha256(self.name.encode()).digest()[0] % 2 else "tuning"


def dense(units, activation="relu", **more):
    return lambda: layers.Dense(units, activation=activation, name="hidden", **more)


def more(units, activation="relu"):
    return lambda: layers.Dense(units, activation=activation)


def _rng(seed):
    return np.random.default_rng(seed)


def binary(seed):
    x = _rng(seed).normal(size=(320, 6 + seed)).astype("float32")
    y = (x[:, 0] + x[:, 1] * x[:, 2] > 0).astype("int32")
    return Program("binary", x, y, (dense(16), more(8)), 1, "sigmoid", "binary_crossentropy")


def classes(seed):
    x = _rng(seed).normal(size=(320, 6 + seed)).astype("float32")
    y = ((x[:, 0] > 0) + 2 * (x[:, 1] > 0)).astype("int32")
    return Program("classes", x, y, (dense(24), more(12)), 4, "softmax", "sparse_categorical_crossentropy")


def rows(seed):
    base = classes(seed)
    y = np.eye(4, dtype="float32")[base.y]
    return replace(base, name="rows", y=y, loss="categorical_crossentropy")


def regression(seed):
    x = _rng(seed).normal(size=(320, 6 + seed)).astype("float32")
    return Program("regression", x, x[:, :1] - x[:, 1:2] * x[:, 2:3], (dense(32), more(16)), 1, None, "mse")


def images(seed):
    x = _rng(seed).random((320, 10, 10, 1 + 2 * (seed % 2))).astype("float32")
    y = (x[:, :5].mean((1, 2, 3)) > x[:, 5:].mean((1, 2, 3))).astype("int32")
    conv = (lambda: layers.Conv2D(8, 3, activation="relu", name="hidden"), layers.MaxPooling2D, layers.Flatten)
    return Program("images", x, y, conv, 2, "softmax", "sparse_categorical_crossentropy")


def words(seed):
    x = _rng(seed).integers(0, 30, (320, 8))
    y = (x[:, 0] > 15).astype("int32")
    chain = (lambda: layers.Embedding(30, 8, name="hidden"), lambda: layers.LSTM(8))
    return Program("words", x, y, chain, 1, "sigmoid", "binary_crossentropy")


TASKS = (binary, classes, rows, regression, images, words)
LABELLED = ("binary", "classes", "rows", "images", "words")


def _first(p, **more_arguments):
    """The program with other arguments of its first hidden layer."""
    return replace(p, hidden=(dense(16, **more_arguments), *p.hidden[1:]))


def _sgd(**arguments):
    return lambda: keras.optimizers.SGD(**arguments)


def _adam(**arguments):
    return lambda: keras.optimizers.Adam(**arguments)


_TABLES = ("binary", "classes", "rows", "regression")
_logits = {
    "binary": "BinaryCrossentropy",
    "classes": "SparseCategoricalCrossentropy",
    "rows": "CategoricalCrossentropy",
}

# rule: (tasks, layer, part of the fix, the change)
FAULTS = {
    "softmax-single-unit": (("binary", "words"), "last", "sigmoid", lambda p: replace(p, activation="softmax")),
    "sigmoid-with-categorical-crossentropy": (
        ("classes", "rows", "images"), "last", "softmax", lambda p: replace(p, activation="sigmoid")),
    "softmax-with-binary-crossentropy": (
        ("rows",), "last", "categorical_crossentropy", lambda p: replace(p, loss="binary_crossentropy")),
    "softmax-with-regression-loss": (("rows",), "last", "categorical_crossentropy", lambda p: replace(p, loss="mse")),
    "output-activation-for-crossentropy": (LABELLED, "last", "activation", lambda p: replace(p, activation="relu")),
    "missing-from-logits": (LABELLED, "last", "from_logits", lambda p: replace(p, activation=None)),
    "from-logits-with-activation": (
        tuple(_logits), "last", "from_logits=False",
        lambda p: replace(p, loss=getattr(keras.losses, _logits[p.name])(from_logits=True))),
    "output-range": (
        ("regression",), "last", "linear", lambda p: replace(p, activation="sigmoid")),
    "relu-output-negative-targets": (("regression",), "last", "linear", lambda p: replace(p, activation="relu")),
    "label-encoding": (
        ("classes", "images"), "last", "sparse_categorical_crossentropy", lambda p: replace(p, loss="categorical_crossentropy")),
    "label-out-of-range": (("classes", "images"), "last", "y - 1", lambda p: replace(p, y=p.y + 1)),
    "binary-label-values": (("binary", "words"), "last", "(y + 1) / 2", lambda p: replace(p, y=2 * p.y - 1)),
    "single-class-labels": (("binary", "classes", "images"), "last", "y was read", lambda p: replace(p, y=0 * p.y)),
    "regression-loss-for-classification": (
        ("binary", "words"), "last", "binary_crossentropy", lambda p: replace(p, loss="mse")),
    "accuracy-for-regression": (("regression",), "last", "mae", lambda p: replace(p, metrics=("accuracy",))),
    "non-finite-data": (
        _TABLES, None, "nan_to_num", lambda p: replace(p, x=np.where(np.arange(len(p.x))[:, None] == 7, np.nan, p.x))),
    "unnormalised-input": ((*_TABLES, "images"), "hidden", "x", lambda p: replace(p, x=p.x * 255)),
    "unscaled-target": (("regression",), "last", "y.std()", lambda p: replace(p, y=p.y * 1000 + 5000)),
    "tiny-input": (("images", *_TABLES), "hidden", "scale x once", lambda p: replace(p, x=p.x / 255)),
    "embedding-index": (("words",), "hidden", "Embedding", lambda p: replace(p, x=p.x + 0.5)),
    "constant-features": (_TABLES, None, "features", lambda p: replace(p, x=np.ones_like(p.x))),
    "stacked-linear": (_TABLES, "hidden", "relu", lambda p: _first(p, activation=None)),
    "softmax-hidden": (_TABLES, "hidden", "relu", lambda p: _first(p, activation="softmax")),
    "dead-relu": (
        _TABLES, "hidden", "bias_initializer",
        lambda p: _first(p, bias_initializer=keras.initializers.Constant(-20.0))),
    "constant-init": (_TABLES, "hidden", "glorot_uniform", lambda p: _first(p, kernel_initializer="zeros")),
    "poor-init": (
        _TABLES, "hidden", "glorot_uniform",
        lambda p: _first(p, kernel_initializer=keras.initializers.RandomNormal(stddev=20.0))),
    "dropout-rate": (
        _TABLES, "dropout", "0.1", lambda p: replace(p, hidden=(*p.hidden, lambda: layers.Dropout(0.9, name="dropout")))),
    "dropout-after-output": (
        LABELLED, "dropout", "leave it out", lambda p: replace(p, tail=(lambda: layers.Dropout(0.3, name="dropout"),))),
    "dropout-before-batchnorm": (
        _TABLES, "dropout", "behind",
        lambda p: replace(p, hidden=(*p.hidden, lambda: layers.Dropout(0.3, name="dropout"), layers.BatchNormalization))),
    "batchnorm-after-output": (
        ("binary", "classes", "rows"), "norm", "before the last",
        lambda p: replace(p, tail=(lambda: layers.BatchNormalization(name="norm"),))),
    "learning-rate-high": (_TABLES, None, "learning_rate", lambda p: replace(p, optimizer=_adam(learning_rate=2.0))),
    "learning-rate-low": (_TABLES, None, "learning_rate", lambda p: replace(p, optimizer=_sgd(learning_rate=1e-9))),
    "clip-too-small": (_TABLES, None, "clip", lambda p: replace(p, optimizer=_sgd(clipnorm=1e-9))),
    "optimizer-epsilon": (_TABLES, None, "epsilon", lambda p: replace(p, optimizer=_adam(epsilon=50.0))),
    "loss-sign": (
        ("regression",), "last", "other sign",
        lambda p: replace(p, loss=lambda t, q: -keras.ops.mean(keras.ops.square(t - q), axis=-1))),
    "over-regularised": (_TABLES, None, "l2", lambda p: _first(p, kernel_regularizer=keras.regularizers.L2(20.0))),
    "zero-sample-weight": (
        ("binary", "classes"), "last", "weight",
        lambda p: replace(p, options={"sample_weight": (p.y != 0).astype("float32")})),
    "metric-mismatch": (("rows", "classes"), "last", "accuracy", lambda p: replace(p, metrics=("binary_accuracy",))),
    "validation-leak": (
        _TABLES, None, "validation_split", lambda p: replace(p, options={"validation_data": (p.x[:80], p.y[:80])})),
    "unshuffled-data": (
        ("binary", "classes"), "last", "shuffle=True",
        lambda p: replace(p, x=p.x[np.argsort(p.y, kind="stable")], y=np.sort(p.y), options={"shuffle": False})),
    "validation-split-sorted": (
        ("binary", "classes"), "last", "permutation",
        lambda p: replace(p, x=p.x[np.argsort(p.y, kind="stable")], y=np.sort(p.y), options={"validation_split": 0.2})),
}  # fmt: skip

# What may be changed in a program that stays right.
CHANGES = {
    "plain": lambda p: p,
    "sgd": lambda p: replace(p, optimizer=_sgd(learning_rate=0.1, momentum=0.9)),
    "small steps": lambda p: replace(p, optimizer=_adam(learning_rate=1e-5)),
    "large steps": lambda p: replace(p, optimizer=_adam(learning_rate=0.03)),
    "dropout": lambda p: replace(p, hidden=(*p.hidden, lambda: layers.Dropout(0.5))),
    "batchnorm": lambda p: replace(p, hidden=(*p.hidden, layers.BatchNormalization, layers.ReLU)),
    "deeper": lambda p: replace(p, hidden=(*p.hidden, more(16), more(16), more(16))),
    "tanh": lambda p: replace(p, hidden=(*p.hidden, more(12, "tanh"))),
    "weights": lambda p: replace(p, options={"sample_weight": np.linspace(0.5, 1, len(p.x)).astype("float32")}),
    "split": lambda p: replace(p, options={"validation_split": 0.2}),
    "few": lambda p: replace(p, x=p.x[:12], y=p.y[:12]),
    "clip": lambda p: replace(p, optimizer=_adam(clipnorm=1.0)),
    "decay": lambda p: replace(p, optimizer=lambda: keras.optimizers.AdamW(1e-3, weight_decay=1e-2)),
}


def faulty(seeds=range(4)):
    """Of each a program, what makes the setup without the fault, and what should be said: (rule, layer, part of the fix)."""
    for rule, (names, layer, fix, change) in FAULTS.items():
        for task in TASKS:
            for seed in seeds:
                p = task(seed)
                if p.name in names:
                    yield (
                        replace(change(p), name=f"{rule}/{p.name}/{seed}", right=(p.x, p.y)),
                        p.setup,
                        (rule, layer, fix),
                    )


def healthy(seeds=range(4)):
    """Programs that nothing should be said of."""
    for change, apply in CHANGES.items():
        for task in TASKS:
            for seed in seeds:
                yield replace(apply(task(seed)), name=f"{change}/{task.__name__}/{seed}")
