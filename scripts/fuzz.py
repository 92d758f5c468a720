"""Random models, run in two ways that must agree: compiled and eagerly, before and after saving.

    python scripts/fuzz.py --seeds 0:500 [--seconds 600] [--tiles]

Prints each fault with its seed and how the model was made, then how many of the models were sound. `--tiles` cuts every
program of the native engine into tiles, however small it is. `tests/test_fuzz.py` runs a sample.
"""

import argparse
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from lamina import backend, config, layers, models, ops, optimizers, tree, utils
from lamina.engines import engine

LARGEST = 3000  # entries of a sample, beyond which a tensor is not worked on any further
VOCABULARY = 7
CLIPPED = 1e-7  # probabilities nearer to 0 or 1 are clipped by the losses


class Growth:
    """A functional model as it grows: `pool` holds the tensors that further layers may take."""

    def __init__(self, rng: np.random.Generator):
        self.rng = rng
        self.pool: list[Any] = []
        self.inputs: list[Any] = []
        self.story: list[str] = []

    def pick(self, *items: Any) -> Any:
        return items[self.rng.integers(len(items))]

    def like(self, x: Any, axes: slice) -> Any:
        """A tensor of the pool whose shape is that of `x` on some axes."""
        return self.pick(*(p for p in self.pool if p.shape[axes] == x.shape[axes] and len(p.shape) == len(x.shape)))

    def start(self) -> None:
        for _ in range(self.pick(1, 1, 2)):
            kind = self.pick("vector", "sequence", "masked", "tokens", "image")
            size = lambda: int(self.pick(1, 2, 3, 5, 8))  # noqa: E731
            steps = int(self.pick(1, 2, 4, 7))
            if kind == "tokens":
                x = layers.Input((steps,), dtype="int32")
                y = layers.Embedding(VOCABULARY, int(self.pick(1, 3, 4)), mask_zero=bool(self.pick(0, 1)))(x)
            else:
                shape = {"vector": (size(),), "image": (size(), size(), int(self.pick(1, 2, 3)))}
                x = y = layers.Input(shape.get(kind, (steps, size())))
                y = layers.Masking(0.0)(x) if kind == "masked" else y
            self.story.append(kind)
            self.inputs.append(x)
            self.pool.append(y)

    def step(self) -> None:
        x = self.pick(*self.pool)
        name = self.pick(*(n for n, (ranks, _) in MOVES.items() if len(x.shape) - 1 in ranks))
        try:
            y = MOVES[name][1](self, x)
        except ValueError:  # a window larger than the image, and the like
            return
        self.story.append(name)
        if int(np.prod(y.shape[1:])) < LARGEST:
            self.pool.append(y)


def _norm(kind: Any, **options: Any) -> Callable:
    return lambda g, x: kind(**options)(x)


def _conv(kind: str) -> Callable:
    def grow(g: Growth, x: Any) -> Any:
        layer = getattr(layers, f"{kind}{len(x.shape) - 2}D")
        options = {"padding": g.pick("same", "valid"), "strides": int(g.pick(1, 1, 2))}
        filters = () if kind == "DepthwiseConv" else (int(g.pick(1, 2, 4)),)
        return layer(*filters, int(g.pick(1, 2, 3)), activation=g.pick(None, "relu", "tanh"), **options)(x)

    return grow


def _pool(kind: str) -> Callable:
    def grow(g: Growth, x: Any) -> Any:
        layer = getattr(layers, f"{kind}Pooling{len(x.shape) - 2}D")
        if kind.startswith("Global"):
            return layer(keepdims=bool(g.pick(0, 1)))(x)
        return layer(int(g.pick(1, 2, 3)), strides=int(g.pick(1, 2)), padding=g.pick("same", "valid"))(x)

    return grow


def _recurrent(g: Growth, x: Any) -> Any:
    kind = g.pick(layers.LSTM, layers.GRU, layers.SimpleRNN)
    options = {"return_sequences": bool(g.pick(0, 1)), "go_backwards": bool(g.pick(0, 0, 1))}
    options["unroll"] = bool(g.pick(0, 0, 1))
    return kind(int(g.pick(1, 3, 4)), activation=g.pick("tanh", "tanh", "relu"), **options)(x)


def _stacked(g: Growth, x: Any) -> Any:
    cells = [layers.GRUCell(int(g.pick(2, 3))), g.pick(layers.LSTMCell, layers.SimpleRNNCell)(int(g.pick(1, 4)))]
    return layers.RNN(cells, return_sequences=bool(g.pick(0, 1)))(x)


def _both_ways(g: Growth, x: Any) -> Any:
    inner = g.pick(layers.LSTM, layers.GRU)(int(g.pick(1, 3)), return_sequences=bool(g.pick(0, 1)))
    return layers.Bidirectional(inner, merge_mode=g.pick("concat", "sum", "mul", "ave"))(x)


def _attention(g: Growth, x: Any) -> Any:
    layer = g.pick(
        layers.MultiHeadAttention(2, 2),
        layers.GroupQueryAttention(2, 4, 2),
        layers.Attention(),
        layers.AdditiveAttention(),
    )
    if isinstance(layer, (layers.Attention, layers.AdditiveAttention)):
        return layer([x, x])
    return layer(x, x, use_causal_mask=bool(g.pick(0, 1)))


def _joined(g: Growth, x: Any) -> Any:
    return layers.Concatenate()([g.like(x, slice(1, -1)) for _ in range(g.pick(1, 2, 3))] + [x])


def _merged(g: Growth, x: Any) -> Any:
    merge = g.pick(layers.Add, layers.Multiply, layers.Average, layers.Maximum, layers.Minimum, layers.Subtract)
    return merge()([x, g.like(x, slice(1, None))])


def _arithmetic(g: Growth, x: Any) -> Any:
    return g.pick(
        lambda: ops.exp(-ops.square(x)), lambda: x / (1.0 + ops.abs(x)), lambda: ops.logsumexp(x, axis=-1, keepdims=True),
        lambda: ops.where(x > 0, x, 0.1 * x), lambda: ops.cumsum(x, axis=-1), lambda: ops.roll(x, 1, axis=-1),
        lambda: ops.stack([x, x], axis=-1)[..., 0], lambda: ops.expand_dims(x, 1)[:, 0], lambda: x[..., ::-1],
        lambda: ops.concatenate([x[..., :1], x], axis=-1), lambda: ops.softmax(x, axis=-1), lambda: ops.sin(x) ** 2,
        lambda: x - ops.max(x, axis=-1, keepdims=True), lambda: ops.sqrt(ops.var(x, axis=-1, keepdims=True) + 1.0),
        lambda: ops.cast(ops.cast(x, "float32"), x.dtype) * 2, lambda: ops.take(x, [0, -1, 0], axis=-1),
    )()  # fmt: skip


ANY, SEQUENCE, IMAGE = (1, 2, 3), (2,), (3,)
MOVES: dict[str, tuple[tuple[int, ...], Callable]] = {
    "dense": (ANY, lambda g, x: layers.Dense(int(g.pick(1, 2, 4)), activation=g.pick(None, "relu", "gelu", "silu"))(x)),
    "join": (ANY, _joined), "join again": (ANY, _joined), "merge": (ANY, _merged), "arithmetic": (ANY, _arithmetic),
    "arithmetic too": (ANY, _arithmetic), "batch norm": (ANY, _norm(layers.BatchNormalization)),
    "layer norm": (ANY, _norm(layers.LayerNormalization)), "rms norm": (ANY, _norm(layers.RMSNormalization)),
    "group norm": (SEQUENCE + IMAGE, _norm(layers.GroupNormalization, groups=1)),
    "unit norm": (ANY, _norm(layers.UnitNormalization)), "prelu": (ANY, _norm(layers.PReLU)),
    "no dropout": (ANY, _norm(layers.Dropout, rate=0.0)), "penalty": (ANY, _norm(layers.ActivityRegularization, l2=0.01)),
    "flatten": (SEQUENCE + IMAGE, _norm(layers.Flatten)), "unfold": ((1,), lambda g, x: layers.Reshape((-1, 1))(x)),
    "repeat": ((1,), lambda g, x: layers.RepeatVector(int(g.pick(1, 2, 3)))(x)),
    "permute": (SEQUENCE, lambda g, x: layers.Permute((2, 1))(x)),
    "conv": (SEQUENCE + IMAGE, _conv("Conv")), "conv too": (IMAGE, _conv("Conv")),
    "transposed conv":
        (IMAGE, lambda g, x: layers.Conv2DTranspose(int(g.pick(1, 3)), int(g.pick(1, 2, 3)), int(g.pick(1, 2)), "same")(x)),
    "depthwise conv": (SEQUENCE + IMAGE, _conv("DepthwiseConv")), "separable conv": (SEQUENCE + IMAGE, _conv("SeparableConv")),
    "max pool": (SEQUENCE + IMAGE, _pool("Max")), "average pool": (SEQUENCE + IMAGE, _pool("Average")),
    "global max": (SEQUENCE + IMAGE, _pool("GlobalMax")), "global mean": (SEQUENCE + IMAGE, _pool("GlobalAverage")),
    "up": (IMAGE, lambda g, x: layers.UpSampling2D(2, interpolation=g.pick("nearest", "bilinear"))(x)),
    "border": (IMAGE, lambda g, x: layers.ZeroPadding2D(((1, 0), (0, 2)))(x)),
    "crop": (IMAGE, lambda g, x: layers.Cropping2D(((0, 1), (1, 0)))(x)),
    "recurrent": (SEQUENCE, _recurrent), "recurrent too": (SEQUENCE, _recurrent), "stacked": (SEQUENCE, _stacked),
    "both ways": (SEQUENCE, _both_ways), "attention": (SEQUENCE, _attention),
    "every step": (SEQUENCE, lambda g, x: layers.TimeDistributed(layers.Dense(int(g.pick(1, 3))))(x)),
}  # fmt: skip

# What an output may be: the last layer, its loss, its metrics, and targets for an output `(rows, units)`.
HEADS: dict[str, tuple[str | None, str, list[str], Callable]] = {
    "number": (None, "mse", ["mae"], lambda rng, shape: rng.normal(size=shape).astype("float32")),
    "robust": (None, "huber", [], lambda rng, shape: rng.normal(size=shape).astype("float32")),
    "class": ("softmax", "sparse_categorical_crossentropy", ["accuracy"], lambda rng, s: rng.integers(0, s[1], s[0])),
    "yes": ("sigmoid", "binary_crossentropy", ["mse"], lambda rng, shape: rng.integers(0, 2, shape).astype("float32")),
}


class Trial:
    """A model with data, made from a seed."""

    def __init__(self, seed: int):
        self.rng = np.random.default_rng(seed)
        grown = Growth(self.rng)
        self.policy = grown.pick("float32", "float32", "float32", "mixed_bfloat16")
        outer = config.dtype_policy()
        config.set_dtype_policy(self.policy)
        try:
            grown.start()
            for _ in range(self.rng.integers(2, 10)):
                grown.step()
            heads = [grown.pick(*HEADS) for _ in range(grown.pick(1, 1, 2, 3))]
            outputs = {f"out{i}": self._output(grown, h, f"out{i}") for i, h in enumerate(heads)}
        finally:
            config.set_dtype_policy(outer)
        self.heads = dict(zip(outputs, heads))
        structure = grown.pick("dict", "list") if len(heads) > 1 else "one"
        self.pack = {
            "dict": lambda d: dict(d),
            "list": lambda d: list(d.values()),
            "one": lambda d: next(iter(d.values())),
        }[structure]
        self.model = models.Model(grown.inputs, self.pack(outputs))
        self.rows, self.batch = int(grown.pick(1, 2, 3, 5, 9)), int(grown.pick(1, 2, 4))
        self.story = (
            f"{self.policy}, {self.rows} rows in batches of {self.batch}, {structure} of {heads}: {grown.story}"
        )
        self.x = [self._data(t) for t in grown.inputs]
        self.x = self.x if len(self.x) > 1 else self.x[0]
        shapes = {name: (self.rows, t.shape[-1]) for name, t in outputs.items()}
        self.y = self.pack({n: HEADS[h][3](self.rng, shapes[n]) for n, h in self.heads.items()})
        weights = {n: self.rng.uniform(0.2, 2.0, self.rows).astype("float32") for n in outputs}
        self.weights = self.pack(weights) if grown.pick(0, 1) else None
        self.optimizer = grown.pick(
            {"learning_rate": 0.02}, {"learning_rate": 0.01, "momentum": 0.9, "nesterov": True},
            {"learning_rate": 0.01, "weight_decay": 0.01}, {"learning_rate": 0.02, "use_ema": True},
        )  # fmt: skip

    def _output(self, grown: Growth, head: str, name: str) -> Any:
        x = grown.pick(*grown.pool[-2:])
        x = layers.Flatten()(x) if len(x.shape) > 2 else x
        return layers.Dense(int(grown.pick(2, 3)), activation=HEADS[head][0], dtype="float32", name=name)(x)

    def _data(self, tensor: Any) -> np.ndarray:
        shape = (self.rows, *tensor.shape[1:])
        if tensor.dtype == "int32":
            return self.rng.integers(0, VOCABULARY, shape).astype("int32")
        data = self.rng.normal(size=shape).astype("float32")
        if len(shape) == 3:  # steps that a mask may leave out
            data[self.rng.random(shape[:2]) < 0.2] = 0
        return data

    def compile(self, model: Any, run_eagerly: bool) -> None:
        losses = self.pack({n: HEADS[h][1] for n, h in self.heads.items()})
        metrics = self.pack({n: list(HEADS[h][2]) for n, h in self.heads.items()})
        optimizer = optimizers.SGD(**self.optimizer, global_clipnorm=1.0)
        model.compile(optimizer, losses, metrics=metrics, run_eagerly=run_eagerly)

    def fault(self) -> str | None:
        """What differs, or None."""
        eager = tree.flatten(self.model(self.x, training=False))
        predicted = tree.flatten(self.model.predict(self.x, batch_size=self.batch, verbose=0))
        for name, a, b in zip(self.heads, eager, predicted):
            if not self.close(a, b):
                return f"predict differs from the call in {name} by {_distance(a, b)}"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.keras"
            self.model.save(path)
            again = models.load_model(path)
        for a, b in zip(predicted, tree.flatten(again.predict(self.x, batch_size=self.batch, verbose=0)), strict=True):
            if not np.array_equal(a, b, equal_nan=True):
                return f"the saved model predicts something else, by {_distance(a, b)}"
        # On native a compiled step has the loss from the logits, and does not clip.
        with _noting_outputs(self.model) if engine.NAME == "native" else nullcontext([]) as seen:
            logs, weights = self.trained(self.model, True)
        if any(map(self._is_clipped, seen)):
            return None
        others, theirs = self.trained(again, False)
        if logs.keys() != others.keys():
            return f"logs {sorted(logs)} eagerly, {sorted(others)} compiled"
        for name, value in logs.items():
            if not self.close(value, others[name]):
                return f"{name} is {value} eagerly, {others[name]} compiled"
        for variable, a, b in zip(self.model.weights, weights, theirs, strict=True):
            if not self.close(a, b):
                return f"{variable.path} differs after training by {_distance(a, b)}"
        return None

    def _is_clipped(self, outputs: list[np.ndarray]) -> bool:
        """Whether some probabilities are so near 0 or 1 that the loss of them is that of others."""
        probabilities = [y for head, y in zip(self.heads.values(), outputs, strict=True) if HEADS[head][0] is not None]
        return any(((y < CLIPPED) | (y > 1 - CLIPPED)).any() for y in probabilities)

    def trained(self, model: Any, run_eagerly: bool) -> tuple[dict[str, Any], list[np.ndarray]]:
        """Logs of training and of evaluation, and the weights."""
        self.compile(model, run_eagerly)
        options = {"sample_weight": self.weights, "batch_size": self.batch, "verbose": 0}
        history = model.fit(self.x, self.y, epochs=2, shuffle=False, **options).history
        logs = {f"fit {k}": v for k, v in history.items()}
        found = model.evaluate(self.x, self.y, return_dict=True, **options)
        return {**logs, **{f"evaluate {k}": v for k, v in found.items()}}, model.get_weights()

    def close(self, a: Any, b: Any) -> bool:
        """Up to rounding: of half precision, that of every layer on the way."""
        a, b = (np.asarray(ops.convert_to_numpy(x), "float64") for x in (a, b))
        tolerance = {"rtol": 2e-3, "atol": 2e-4} if self.policy == "float32" else {"rtol": 0.1, "atol": 0.1}
        return a.shape == b.shape and np.allclose(a, b, equal_nan=True, **tolerance)


@contextmanager
def _noting_outputs(model: Any) -> Iterator[list[list[np.ndarray]]]:
    """While it lasts, what the model gives its losses is noted."""
    seen: list[list[np.ndarray]] = []
    compute_loss = model.compute_loss

    def noting(*args: Any, y_pred: Any = None, **kwargs: Any) -> Any:
        seen.append([ops.convert_to_numpy(y) for y in tree.flatten(y_pred)])
        return compute_loss(*args, y_pred=y_pred, **kwargs)

    model.compute_loss = noting
    try:
        yield seen
    finally:
        del model.compute_loss


def _distance(a: Any, b: Any) -> str:
    a, b = np.asarray(a), np.asarray(b)
    return f"{np.abs(a - b).max():.3g}" if a.shape == b.shape else f"shapes {a.shape}, {b.shape}"


def check(seed: int) -> str | None:
    """What is wrong with the model of that seed, and how it was made; None if nothing is."""
    backend.clear_session()
    utils.set_random_seed(seed)
    trial = Trial(seed)
    try:
        found = trial.fault()
    except Exception as error:
        found = f"{type(error).__name__}: {str(error)[:300]}"
    return None if found is None else f"{found}\n    {trial.story}"


def cut_everything_into_tiles() -> None:
    from lamina.engines.native.passes import _stages

    _stages.MIN_SECONDS, _stages.MIN_CALL_SECONDS = 0, 0
    _stages.TILE_BYTES, _stages.BYTES_A_CALL, _stages.MAX_TILES = 1, 0, 4
    _stages.COMPILED_TILE_BYTES, _stages.BYTES_A_SUM, _stages.FEWEST_ROWS = 1, 0, 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default="0:500")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--tiles", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    if arguments.tiles:
        cut_everything_into_tiles()
    began, faults, total = time.time(), 0, 0
    for seed in range(*map(int, arguments.seeds.split(":"))):
        if time.time() - began > arguments.seconds:
            break
        total += 1
        found = check(seed)
        if found:
            faults += 1
            print(seed, found, flush=True)
    print(f"{total - faults} of {total} random models are sound")
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
