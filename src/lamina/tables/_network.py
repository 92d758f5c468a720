"""The networks for a table: raw columns in, preprocessing inside, one output.

A model of several rounds (folds) is the mean of its heads; each head has the preprocessing learned from its own training
rows. What is written uses layers that Keras has too: the ensemble that shares kernels in training is written with a kernel
for each member.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lamina import initializers, layers, models, ops

from ._bins import Bins, encoded
from ._columns import DATE, MOST_LEVELS, NOMINAL, NUMERIC, ORDINAL, TEXT, Column
from ._dates import HARMONICS, PERIODS
from ._target import NUMBER, Target

_USED = (NUMERIC, ORDINAL, DATE, NOMINAL, TEXT)
_EMBEDDED = 16  # units that stand for one of many categories
_CLIP = 3.0  # robustly scaled numbers stay within it, smoothly


@dataclass(frozen=True)
class Shape:
    """How large a network is, and how it takes numbers.

    Attributes: units of its `hidden` layers; `members` of the ensemble; `embedding`, units of a number's waves and the number
    itself, 1 for no waves; `bins` of a number at most, 0 for none.
    """

    hidden: tuple[int, ...] = (64, 64)
    members: int = 8
    embedding: int = 4
    bins: int = 0

    @property
    def wave_weights(self) -> int:
        """How many weights the waves have; those of the bins follow them."""
        return 4 if self.embedding > 1 else 0


@dataclass
class Head:
    """One trained model of a round.

    Attributes:
        columns, target: as fitted to the training rows of the round.
        weights: of `build_core` (or kernel and bias of a linear model).
        shape: of the network; None for a linear model.
        factor: of the answers of a target that is fitted on a logarithmic scale.
    """

    columns: list[Column]
    target: Target
    weights: list[np.ndarray]
    shape: Shape | None = None
    factor: float = 1.0


@dataclass
class Features:
    """What the columns give, each `(rows, n)` or None: numbers and many categories in two ways each, and all else.

    Numbers are standardised or robustly scaled; many categories are `places` (from 1; 0 is unseen) or one-hot.
    """

    standardised: Any = None
    robust: Any = None
    places: list[Any] = field(default_factory=list)
    one_hot: list[Any] = field(default_factory=list)
    others: list[Any] = field(default_factory=list)

    def for_linear(self) -> Any:
        return _joined([p for p in (*self.others, self.standardised, *self.one_hot) if p is not None])

    def for_network(self) -> Any:
        return _joined([p for p in (self.robust, *self.places, *self.others) if p is not None])


def input_layers(columns: list[Column]) -> dict[str, Any]:
    """An input `(rows, 1)` for each column used, by its name."""
    taken: set[str] = set()
    inputs = {}
    for column in columns:
        if column.kind not in _USED:
            continue
        name = base = re.sub(r"[^0-9A-Za-z_.-]+", "_", column.name).strip("_.-") or "column"
        number = 2
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name)
        is_number = column.kind in (NUMERIC, DATE)
        inputs[column.name] = layers.Input((1,), name=name, dtype="float32" if is_number else "string")
    return inputs


def features_of(columns: list[Column], inputs: dict[str, Any]) -> Features:
    """The preprocessing.

    Numbers, places of ordinal levels and dates (days) are filled with the median where they are missing, standardised for the
    linear model, and for the network scaled by their quartiles and clipped smoothly; inputs of 0 and 1 tell which were
    missing. Dates also give the cycles of week, year and day. Categories become one-hot vectors, all 0 for one never seen; where
    there are very many, the network gets their places instead, and the linear model the most frequent ones. Texts become counts
    of their words, weighted by how rare these are.
    """
    found = Features()
    used = [c for c in columns if c.kind in _USED]
    scaled = [c for c in used if c.kind in (NUMERIC, DATE, ORDINAL)]
    filled = [_filled(c, inputs[c.name], found.others) for c in scaled]
    if filled:
        numbers = _joined(filled)
        found.standardised = _shifted(numbers, [c.mean for c in scaled], [np.sqrt(c.variance) for c in scaled])
        steep = _shifted(numbers, [c.median for c in scaled], [c.spread for c in scaled])
        found.robust = steep / ops.sqrt(1.0 + ops.square(steep / _CLIP))
    for column, days in zip(scaled, filled):
        if column.kind == DATE and column.levels:
            found.others.append(_cycles(column, days))
    for column in used:
        if column.kind == NOMINAL and column.many:
            _look_up(column, inputs[column.name], found)
        elif column.kind == NOMINAL:
            lookup = layers.StringLookup(
                vocabulary=column.levels, output_mode="one_hot", oov_token=_unused(column.levels)
            )
            found.others.append(lookup(inputs[column.name])[:, 1:])  # without the place of unseen categories
        elif column.kind == TEXT and column.levels:
            words = layers.TextVectorization(vocabulary=column.levels, idf_weights=column.weights, output_mode="tf_idf")
            found.others.append(words(inputs[column.name])[:, 1:])
    if found.standardised is None and not found.others and not found.places:
        found.others.append(
            ops.zeros_like(_joined([ops.cast(ops.not_equal(x, x), "float32") for x in inputs.values()]))
        )
    return found


def _look_up(column: Column, raw: Any, found: Features) -> None:
    """Adds the places of many categories, and the most frequent of them one-hot."""
    place = layers.StringLookup(vocabulary=column.levels, oov_token=_unused(column.levels))(raw)
    found.places.append(ops.cast(place, "float32"))
    size = min(len(column.levels), MOST_LEVELS) + 1
    known = ops.where(ops.less(place, size), place, ops.zeros_like(place))
    found.one_hot.append(ops.one_hot(known[:, 0], size)[:, 1:])


def _filled(column: Column, raw: Any, gaps: list[Any]) -> Any:
    """A column as numbers without gaps; where they were is added to `gaps`."""
    if column.kind == ORDINAL:
        lookup = layers.StringLookup(vocabulary=column.levels, oov_token=_unused(column.levels))
        numbers = ops.cast(lookup(raw), "float32")  # from 1; 0 is missing
        missing = ops.less(numbers, 0.5)
    else:
        numbers, missing = raw, ops.isnan(raw)
    if column.has_missing:
        gaps.append(ops.cast(missing, "float32"))
    return ops.where(missing, np.float32(column.median), numbers)


def _shifted(numbers: Any, centers: list[float], spreads: list[float]) -> Any:
    return layers.Normalization(mean=centers, variance=[float(s) ** 2 for s in spreads])(numbers)


def _cycles(column: Column, days: Any) -> Any:
    turns = [2 * np.pi * h / PERIODS[cycle] for cycle in column.levels for h in HARMONICS[cycle]]
    angles = days * np.array([turns], "float32")
    return ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=1)


def embedded_sizes(columns: list[Column]) -> tuple[int, ...]:
    """Rows of the tables of embeddings: the levels of each column of many, and one for those never seen."""
    return tuple(len(c.levels) + 1 for c in columns if c.kind == NOMINAL and c.many)


def build_core(
    width: int, numbers: int, units: int, shape: Shape, seed: int, sizes: tuple[int, ...] = ()
) -> models.Model:  # fmt: skip
    """The network that is trained: features `(rows, width)`; out come logits `(rows, members, units)`.

    Args:
        width, numbers: of the features; numbers come first, after them the places of categories that are embedded.
        units, shape, seed: of the network.
        sizes: how many places there are, of `embedded_sizes`.
    """
    x = inputs = layers.Input((width,))
    parts = []
    if numbers:
        own = x[:, :numbers]
        waves = layers.PeriodicEmbedding(shape.embedding, seed=seed) if shape.embedding > 1 else None
        parts.append(own if waves is None else layers.Flatten()(waves(own)))
        if shape.bins:
            parts.append(layers.Flatten()(Bins(shape.bins)(own)))
    for i, size in enumerate(sizes, numbers):
        # What is never seen stays in the middle, at 0.
        parts.append(layers.Embedding(size, _EMBEDDED, embeddings_initializer="zeros")(ops.cast(x[:, i], "int32")))
    rest = numbers + len(sizes)
    x = _joined([*parts, *([x[:, rest:]] if width > rest else [])])
    for i, size in enumerate(shape.hidden):
        # The members differ from the start in what they look at.
        scales = initializers.RandomNormal(1.0, 0.5, seed=seed + 10) if i == 0 and shape.members > 1 else "ones"
        x = layers.BatchEnsemble(
            size, shape.members, activation="relu", kernel_initializer=initializers.HeNormal(seed=seed + 20 + i),
            input_scale_initializer=scales,
        )(x)  # fmt: skip
    x = layers.EinsumDense(
        "bmi,miu->bmu", (None, units), bias_axes="mu", kernel_initializer=initializers.GlorotUniform(seed=seed + 40)
    )(x)
    return models.Model(inputs, x)


def head_output(head: Head, features: Features) -> Any:
    """What a trained model gives for features: a number in the table's units, or probabilities; `(rows, units)`."""
    if head.shape is None:
        x = features.for_linear()
        answer = _dense(x, head.weights, head.target.activation)
    else:
        numbers = 0 if features.robust is None else features.robust.shape[1]
        answer = _members_answer(features.for_network(), numbers, head)
    if head.target.log is not None:
        return head.target.log.undo(answer, head.factor)
    if head.target.kind == NUMBER:
        scale = float(np.sqrt(head.target.variance))
        answer = layers.Rescaling(scale=scale, offset=head.target.mean)(answer)
    return answer


def _dense(x: Any, weights: list[np.ndarray], activation: str) -> Any:
    layer = layers.Dense(weights[1].shape[0], activation=activation)
    answer = layer(x)
    layer.set_weights(weights)
    return answer


def _members_answer(x: Any, numbers: int, head: Head) -> Any:
    # Keras wants to be told all lengths of an output that are those of a kernel too.
    weights = list(head.weights)
    parts, width = [], x.shape[1]
    if numbers:
        own = x[:, :numbers]
        waves = [weights.pop(0) for _ in range(head.shape.wave_weights)]
        parts.append(layers.Flatten()(_waves(own, waves)) if waves else own)
        if head.shape.bins:
            start, slope = (weights.pop(0)[None] for _ in range(2))
            parts.append(layers.Flatten()(encoded(own, start, slope)))
    sizes = embedded_sizes(head.columns)
    for i, size in enumerate(sizes, numbers):
        table = layers.Embedding(size, _EMBEDDED)
        parts.append(table(ops.cast(x[:, i], "int32")))
        table.set_weights([weights.pop(0)])
    rest = numbers + len(sizes)
    x = _joined([*parts, *([x[:, rest:]] if width > rest else [])])
    for size in head.shape.hidden:
        kernel, before, after, bias = (weights.pop(0) for _ in range(4))
        kernels = before[:, :, None] * kernel[None] * after[:, None, :]
        first = len(x.shape) == 2
        layer = layers.EinsumDense(
            "bi,miu->bmu" if first else "bmi,miu->bmu", (head.shape.members, size),
            activation="relu", bias_axes="mu",
        )  # fmt: skip
        x = layer(x)
        layer.set_weights([kernels, bias])
    units = weights[1].shape[1]
    last = layers.EinsumDense(
        "bmi,miu->bmu", (head.shape.members, units), bias_axes="mu", activation=head.target.activation
    )
    answer = last(x)
    last.set_weights(weights)
    return layers.GlobalAveragePooling1D()(answer)


def _waves(numbers: Any, weights: list[np.ndarray]) -> Any:
    """A trained `PeriodicEmbedding` in layers that Keras has too."""
    frequency, phase, kernel, bias = weights
    angles = layers.EinsumDense("bf,fw->bfw", frequency.shape, bias_axes="fw")
    turned = ops.cos(angles(numbers))
    angles.set_weights([2 * np.pi * frequency, 2 * np.pi * phase])
    mixture = layers.EinsumDense("bfw,fwu->bfu", (kernel.shape[0], kernel.shape[2]), bias_axes="fu")
    mixed = mixture(turned)
    mixture.set_weights([kernel, bias])
    return ops.concatenate([ops.expand_dims(numbers, 2), mixed], axis=2)


def build_model(heads: list[Head], name: str = "table") -> models.Model:
    """A functional model that takes a dict of raw columns, each `(rows, 1)` or `(rows,)`: the mean of the heads."""
    every = {c.name: c for head in heads for c in head.columns}
    inputs = input_layers(list(every.values()))
    features: dict[int, Features] = {}  # the models of a round share its columns
    for head in heads:
        if id(head.columns) not in features:
            features[id(head.columns)] = features_of(head.columns, inputs)
    answers = [head_output(head, features[id(head.columns)]) for head in heads]
    return models.Model(inputs, answers[0] if len(answers) == 1 else layers.Average()(answers), name=name)


def feature_model(columns: list[Column]) -> tuple[models.Model, int]:
    """A model from raw columns to the features of the linear model and those of the network; and how many are numbers."""
    inputs = input_layers(columns)
    features = features_of(columns, inputs)
    numbers = 0 if features.robust is None else features.robust.shape[1]
    return models.Model(inputs, [features.for_linear(), features.for_network()]), numbers


def _joined(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=1)


def _unused(levels: list[str]) -> str:
    """A token for unseen values that is no level itself."""
    token = "[UNK]"
    while token in levels:
        token = f"[{token}]"
    return token
