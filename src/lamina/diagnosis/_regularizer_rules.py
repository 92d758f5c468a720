"""The rule on what is given as a regularizer."""

from collections.abc import Iterator

from lamina.constraints import Constraint

from ._case import Case
from ._examples import net
from ._network import path_of
from ._rule import COMPILED, Rule, Seen, seen


def constraint_as_regularizer(case: Case) -> Iterator[Seen]:
    for layer in case.network.model._flatten_layers():
        for name, value in vars(layer).items():
            if isinstance(value, Constraint) and name.endswith("_regularizer"):
                what, kind = name.removesuffix("_regularizer"), type(value).__name__
                yield seen(
                    path_of(layer), f"{name} of {layer.name} is the constraint {kind}: it gives weights, whose sum is added to "
                    "the loss, which falls without end.", f"{what}_constraint={kind}(...)", argument=name, constraint=kind,
                )  # fmt: skip


_TWO = 'layers.Dense(16, activation="relu", kernel_{}=lamina.constraints.MaxNorm(3)), layers.Dense(1)'

RULES = (
    Rule(
        "constraint-as-regularizer", COMPILED, "error", "a constraint given as a regularizer", constraint_as_regularizer,
        "NeuraLint", net(_TWO.format("regularizer"), '"mse"', "x[:, :1]"), net(_TWO.format("constraint"), '"mse"', "x[:, :1]"),
    ),
)  # fmt: skip
