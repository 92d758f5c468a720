"""Rules on the optimizer."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from lamina.engines import engine

from ._case import Case
from ._network import kind
from ._rule import COMPILED, Rule, Seen, seen

# Highest rates that are still used, by optimizer; others have scales of their own.
_HIGHEST = {"Adam": 0.05, "AdamW": 0.05, "Nadam": 0.05, "Adamax": 0.05, "RMSprop": 0.05, "SGD": 1.0}
_LOWEST = {"SGD": 1e-5, "Adam": 1e-6, "AdamW": 1e-6, "Nadam": 1e-6, "Adamax": 1e-6, "RMSprop": 1e-6}
_SMALL = 100  # weights; networks with fewer bear larger steps
_STEPS = (0, 10, 100, 1000, 10_000)  # where a schedule is looked at


def _highest_rate(optimizer: Any) -> float | None:
    rate = getattr(optimizer, "_learning_rate", None)
    if hasattr(rate, "get_config") and callable(rate) and not hasattr(rate, "assign"):
        return max(float(np.asarray(engine.numpy(rate(step)))) for step in _STEPS)
    if rate is None or (callable(rate) and not hasattr(rate, "numpy")):
        return None
    return float(rate.numpy())


def _inner(case: Case) -> Any:
    return getattr(case.optimizer, "inner_optimizer", case.optimizer)


def learning_rate_high(case: Case) -> Iterator[Seen]:
    optimizer = _inner(case)
    limit, rate = _HIGHEST.get(kind(optimizer)), _highest_rate(optimizer)
    if limit is None or rate is None:
        return
    momentum = float(getattr(optimizer, "momentum", 0) or 0)
    limit *= 10 * (1 - momentum) if kind(optimizer) == "SGD" and momentum > 0.9 else 1
    limit *= 10 if sum(np.prod(w.shape) for w in case.network.model.weights) < _SMALL else 1
    if rate > 1.001 * limit:  # rates are kept in float32
        usual = 0.01 if kind(optimizer) == "SGD" else 0.001
        yield seen(
            None, f"The learning rate of {kind(optimizer)} is {rate:g}; beyond {limit:g} the loss jumps about or diverges.",
            f"{kind(optimizer)}(learning_rate={usual})", learning_rate=rate, limit=limit,
        )  # fmt: skip


def learning_rate_low(case: Case) -> Iterator[Seen]:
    optimizer = _inner(case)
    limit, rate = _LOWEST.get(kind(optimizer)), _highest_rate(optimizer)
    if limit is not None and rate is not None and rate < limit:
        usual = 0.01 if kind(optimizer) == "SGD" else 0.001
        yield seen(
            None, f"The learning rate of {kind(optimizer)} is {rate:g}; below {limit:g} nothing is learned in a usual time.",
            f"{kind(optimizer)}(learning_rate={usual})", learning_rate=rate, limit=limit,
        )  # fmt: skip


def clip_too_small(case: Case) -> Iterator[Seen]:
    for name in ("clipnorm", "clipvalue", "global_clipnorm"):
        value = getattr(_inner(case), name, None)
        if value is not None and value < 1e-4:
            yield seen(
                None, f"{name}={value:g} cuts every gradient down to nearly nothing.", f"{name}=1.0", **{name: float(value)}
            )  # fmt: skip


def optimizer_epsilon(case: Case) -> Iterator[Seen]:
    epsilon = getattr(_inner(case), "epsilon", None)
    if (
        kind(_inner(case)) in ("Adam", "AdamW", "Nadam", "RMSprop")
        and epsilon is not None
        and not 1e-12 <= epsilon <= 1
    ):
        yield seen(
            None, f"epsilon={epsilon:g} of {kind(_inner(case))}: beyond 1 the steps are tiny, below 1e-12 they explode where "
            "gradients are small.", "epsilon=1e-7 (the default).", epsilon=float(epsilon),
        )  # fmt: skip


def _net(optimizer: str) -> str:
    return f"""rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = x[:, :1] - x[:, 1:2]
model = lamina.Sequential([lamina.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
model.compile(optimizer=lamina.optimizers.{optimizer}, loss="mse")"""


RULES = (
    Rule(
        "learning-rate-high", COMPILED, "warning", "a rate beyond 0.05 of Adam and its kin, beyond 1 of SGD; ten times that "
        "below 100 weights", learning_rate_high,
        "UMLAUT, whose 0.01 is too strict", _net("Adam(learning_rate=1.0)"), _net("SGD(learning_rate=0.1)"),
    ),
    Rule(
        "learning-rate-low", COMPILED, "warning", "a rate below 1e-6 of Adam and its kin, below 1e-5 of SGD, at every step",
        learning_rate_low, "UMLAUT", _net("SGD(learning_rate=1e-8)"), _net("Adam(learning_rate=1e-5)"),
    ),
    Rule(
        "clip-too-small", COMPILED, "warning", "clipnorm, clipvalue or global_clipnorm below 1e-4", clip_too_small,
        "SO 31556268", _net("SGD(clipnorm=1e-8)"), _net("SGD(clipnorm=1.0)"),
    ),
    Rule(
        "optimizer-epsilon", COMPILED, "warning", "an epsilon beyond 1 or below 1e-12", optimizer_epsilon, "TheDeepChecker",
        _net("Adam(epsilon=100.0)"), _net("Adam(epsilon=0.1)"),
    ),
)  # fmt: skip
