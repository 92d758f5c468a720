"""The network for a table: raw columns in, preprocessing inside, one output."""

import re
from typing import Any

import numpy as np

from lamina import layers, models, ops

from ._columns import NOMINAL, NUMERIC, ORDINAL, TEXT, Column
from ._target import NUMBER, Target


def build_network(columns: list[Column], target: Target, hidden: tuple[int, ...], name: str = "table") -> models.Model:
    """A functional model that takes a dict of raw columns, each `(rows, 1)` or `(rows,)`.

    Numbers (and places of ordinal levels) are filled with the median where they are missing, standardised, and joined by a
    column of 0 and 1 that tells which were missing; categories become one-hot vectors, all 0 for one never seen; texts become
    counts of their words, weighted by how rare these are.

    Args:
        columns: fitted to the training rows; those left out are ignored.
        target: what the output must be.
        hidden: units of the hidden layers; none give a linear or logistic model.
    """
    used = [c for c in columns if c.kind in (NUMERIC, ORDINAL, NOMINAL, TEXT)]
    inputs = _inputs(used)
    parts = _standardised(used, inputs)
    for column in used:
        if column.kind == NOMINAL:
            lookup = layers.StringLookup(
                vocabulary=column.levels, output_mode="one_hot", oov_token=_unused(column.levels),
                name=f"{inputs[column.name].name}_categories",
            )  # fmt: skip
            parts.append(lookup(inputs[column.name])[:, 1:])  # without the place of unseen categories
        elif column.kind == TEXT and column.levels:
            words = layers.TextVectorization(
                vocabulary=column.levels, idf_weights=column.weights, output_mode="tf_idf",
                name=f"{inputs[column.name].name}_words",
            )  # fmt: skip
            parts.append(words(inputs[column.name])[:, 1:])
    x = _joined(parts, "features")
    for i, units in enumerate(hidden):
        x = layers.Dense(units, activation="relu", name=f"hidden_{i + 1}")(x)
    x = layers.Dense(target.units, activation=target.activation, name="output")(x)
    if target.kind == NUMBER:
        x = layers.Rescaling(scale=float(np.sqrt(target.variance)), offset=target.mean, name="original_units")(x)
    return models.Model(inputs, x, name=name)


def _inputs(used: list[Column]) -> dict[str, Any]:
    taken = {"features", "output", "numbers", "filled", "standardised", "original_units", "levels", "may_be_missing"}
    inputs = {}
    for column in used:
        name = base = re.sub(r"[^0-9A-Za-z_.-]+", "_", column.name).strip("_.-") or "column"
        number = 2
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name)
        inputs[column.name] = layers.Input((1,), name=name, dtype="float32" if column.kind == NUMERIC else "string")
    return inputs


def _standardised(used: list[Column], inputs: dict[str, Any]) -> list[Any]:
    """The numbers and places of levels, filled and standardised; and which of them were missing."""
    numeric = [c for c in used if c.kind == NUMERIC]
    ordinal = [c for c in used if c.kind == ORDINAL]
    filled, gaps = [], []
    if numeric:
        numbers = _joined([inputs[c.name] for c in numeric], "numbers")
        medians = np.array([c.median for c in numeric], dtype="float32")
        filled.append(ops.where(ops.isnan(numbers), medians, numbers))
        with_gaps = [inputs[c.name] for c in numeric if c.has_missing]
        if with_gaps:
            gaps.append(ops.cast(ops.isnan(_joined(with_gaps, "may_be_missing")), "float32"))
    for column in ordinal:
        lookup = layers.StringLookup(
            vocabulary=column.levels, oov_token=_unused(column.levels), name=f"{inputs[column.name].name}_levels"
        )
        place = ops.cast(lookup(inputs[column.name]), "float32")  # from 1; 0 is missing
        missing = ops.less(place, 0.5)
        filled.append(ops.where(missing, column.median, place))
        if column.has_missing:
            gaps.append(ops.cast(missing, "float32"))
    if not filled:
        return []
    means = [c.mean for c in (*numeric, *ordinal)]
    variances = [c.variance for c in (*numeric, *ordinal)]
    standardise = layers.Normalization(mean=means, variance=variances, name="standardised")
    return [standardise(_joined(filled, "filled")), *gaps]


def _joined(parts: list[Any], name: str):
    return parts[0] if len(parts) == 1 else layers.Concatenate(name=name)(parts)


def _unused(levels: list[str]) -> str:
    """A token for unseen values that is no level itself."""
    token = "[UNK]"
    while token in levels:
        token = f"[{token}]"
    return token
