"""The rule on numbers that are put into bins."""

from collections.abc import Iterator

import numpy as np

from ._case import Case
from ._network import kind, path_of
from ._rule import PASS, Rule, Seen, seen

_FEWEST = 32  # values of which chance does not put all into one bin


def single_bin(case: Case) -> Iterator[Seen]:
    for call in case.calls:
        given, made = call.inputs, call.outputs
        if kind(call.layer) != "Discretization" or made.size < _FEWEST or np.any(made != made[:1]):
            continue
        if given.shape == made.shape and np.any(given != given[:1]):
            yield seen(
                path_of(call.layer), f"{call.layer.name} puts all {len(given)} values of each column into one bin: they go from "
                f"{given.min():.4g} to {given.max():.4g}, the boundaries from {min(call.layer.bin_boundaries):.4g} to "
                f"{max(call.layer.bin_boundaries):.4g}.",
                f"{call.layer.name}.adapt(x) with num_bins in place of bin_boundaries, or boundaries among the values of x.",
                low=float(given.min()), high=float(given.max()),
            )  # fmt: skip


_BINS = """rng = np.random.default_rng(0)
x = rng.normal(size=(256, 4)).astype("float32")
y = x[:, 0]
bins = layers.Discretization({})
model = lamina.Sequential([lamina.Input((4,)), bins, layers.Embedding(4, 4), layers.Flatten(), layers.Dense(1)])
model.compile(optimizer="adam", loss="mse")"""

RULES = (
    Rule(
        "single-bin", PASS, "warning", "a Discretization that puts 32 values or more, which differ, into one bin", single_bin,
        "definition of the layer", _BINS.format("[10.0, 20.0, 30.0]"), _BINS.format("[-1.0, 0.0, 1.0]"),
    ),
)  # fmt: skip
