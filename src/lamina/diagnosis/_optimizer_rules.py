"""Rules on the optimizer."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from lamina.engines import engine

from ._case import Case
from ._network import kind
from ._rule import START, Rule, Seen, seen

# Highest rates that are still used, by optimizer; others have scales of their own.
_HIGHEST = {"Adam": 0.05, "AdamW": 0.05, "Nadam": 0.05, "Adamax": 0.05, "RMSprop": 0.05, "Lion": 0.05, "SGD": 1.0}
_LOWEST = {
    "SGD": 1e-5,
    "Adam": 1e-6,
    "AdamW": 1e-6,
    "Nadam": 1e-6,
    "Adamax": 1e-6,
    "RMSprop": 1e-6,
    "Adagrad": 1e-5,
    "Adadelta": 1e-5,
}
_USUAL = {"SGD": 0.01, "Adagrad": 0.01, "Adadelta": 1.0}  # of others 0.001
# Beyond these the steps are tiny. RMSprop with 1 is how Inception was trained.
_EPSILONS = {"Adam": 0.1, "AdamW": 0.1, "Nadam": 0.1, "RMSprop": 1.0}
_SMALL = 100  # weights; networks with fewer bear larger steps
_STEPS = (0, 10, 100, 1000, 10_000)  # where a schedule is looked at
_LAST = 10_000_000  # a step beyond which no schedule is asked
_FORGOTTEN = 0.1  # of each weight, at a step


def _rate_at(optimizer: Any, step: int) -> float | None:
    """What a schedule gives; None for a rate that is none."""
    rate = getattr(optimizer, "_learning_rate", None)
    is_schedule = hasattr(rate, "get_config") and callable(rate) and not hasattr(rate, "assign")
    return float(np.asarray(engine.numpy(rate(step)))) if is_schedule else None


def _highest_rate(optimizer: Any, steps: int | None = None) -> float | None:
    rate = getattr(optimizer, "_learning_rate", None)
    first = _rate_at(optimizer, 0)
    if first is not None:
        return max(first, *(_rate_at(optimizer, s) or 0.0 for s in _STEPS if steps is None or s < max(steps, 2)))
    if rate is None or (callable(rate) and not hasattr(rate, "numpy")):
        return None
    return float(rate.numpy())


def _inner(case: Case) -> Any:
    return getattr(case.optimizer, "inner_optimizer", case.optimizer)


def _usual(case: Case) -> str:
    """How a usual rate is written: in the callback, if one sets it."""
    optimizer = _inner(case)
    usual = _USUAL.get(kind(optimizer), 0.001)
    if case.setting.rate_by is not None:
        return f"a schedule that gives about {usual} in {case.setting.rate_by}."
    return f"{kind(optimizer)}(learning_rate={usual})"


def _whose(case: Case) -> str:
    """Whose rate it is, in the words of a message."""
    by = case.setting.rate_by
    return f"The learning rate of {kind(_inner(case))}" + (f", as {by} sets it," if by is not None else "")


def learning_rate_high(case: Case) -> Iterator[Seen]:
    optimizer = _inner(case)
    limit, rate = _HIGHEST.get(kind(optimizer)), _highest_rate(optimizer)
    if limit is None or rate is None or case.setting.sets_rate:
        return
    momentum = float(getattr(optimizer, "momentum", 0) or 0)
    limit *= 10 * (1 - momentum) if kind(optimizer) == "SGD" and momentum > 0.9 else 1
    if rate > 1.001 * limit and sum(math.prod(w.shape) for w in case.network.model.weights) < _SMALL:
        limit *= 10
    if rate > 1.001 * limit:  # rates are kept in float32
        is_heavy = kind(optimizer) == "SGD" and 0.9 < momentum < 1
        heavy = f" with momentum={momentum:g}, which adds up {1 / (1 - momentum):.0f} gradients" if is_heavy else ""
        is_momentum_alone = is_heavy and rate <= _HIGHEST["SGD"] and case.setting.rate_by is None
        yield seen(
            None, f"{_whose(case)} is {rate:g}{heavy}; beyond {limit:g} the loss jumps about or diverges.",
            f"SGD(learning_rate={rate:g}, momentum=0.9)" if is_momentum_alone else _usual(case),
            learning_rate=rate, limit=limit, momentum=momentum,
        )  # fmt: skip


def learning_rate_low(case: Case) -> Iterator[Seen]:
    optimizer = _inner(case)
    limit, rate = _LOWEST.get(kind(optimizer)), _highest_rate(optimizer, case.setting.steps)
    if limit is None or rate is None or case.setting.sets_rate or rate <= 0:
        return
    soon = 50 if case.setting.steps is None else min(50, case.setting.steps // 2)  # a short training may end as soon
    if rate >= limit and (later := _rate_at(optimizer, soon)) is not None and later < 1e-3 * rate:
        yield seen(
            None, f"{_whose(case)} begins with {rate:g} and is {later:g} after {soon} steps already.",
            "a schedule whose decay_steps are counted in batches, over all epochs.", learning_rate=later, highest=rate,
        )  # fmt: skip
    if rate < 0.999 * limit:  # rates are kept in float32
        yield seen(
            None, f"{_whose(case)} is {rate:g}; below {limit:g} nothing is learned in a usual time.",
            _usual(case), learning_rate=rate, limit=limit,
        )  # fmt: skip


def learning_rate_negative(case: Case) -> Iterator[Seen]:
    rate = _highest_rate(_inner(case))
    if rate is not None and rate <= 0 and not case.setting.sets_rate:
        yield seen(
            None, f"{_whose(case)} is {rate:g}: {'the loss grows' if rate else 'nothing is changed'}.", _usual(case),
            learning_rate=rate,
        )  # fmt: skip


def warmup_too_long(case: Case) -> Iterator[Seen]:
    optimizer, planned = _inner(case), case.setting.steps
    if planned is None or planned < 100 or case.setting.sets_rate:
        return
    if _rate_at(optimizer, 0) is None:
        return
    begin = int(optimizer.iterations.numpy())
    first, last = _rate_or_zero(optimizer, begin), _rate_or_zero(optimizer, begin + planned)
    if not first < last:
        return  # it does not rise
    warmup, step = getattr(optimizer._learning_rate, "warmup_steps", None), planned
    later = [] if warmup is None else [int(warmup)]
    while step < _LAST:
        later.append(begin + step)
        step *= 4
    top, at = max((_rate_or_zero(optimizer, step), -step) for step in later)
    if 20 * last < top <= _HIGHEST.get(kind(optimizer), 1.0):  # beyond, it grows without end: to find the limit
        name = kind(optimizer._learning_rate)
        yield seen(
            None, f"{name} raises the learning rate from {first:.3g} to {last:.3g} in the {planned} steps that are planned; it "
            f"would be {top:.3g} at step {-at}: the warm-up never ends.",
            f"warmup_steps={planned // 10} in {name}, or as short a warm-up of its own.",
            learning_rate=last, highest=top, steps=planned,
        )  # fmt: skip


def _rate_or_zero(optimizer: Any, step: int) -> float:
    """What a schedule gives at a step that is far off; a table may end before."""
    try:
        return _rate_at(optimizer, step) or 0.0
    except Exception:  # of the user's schedule
        return 0.0


def weight_decay_large(case: Case) -> Iterator[Seen]:
    optimizer = _inner(case)
    decay, rate = getattr(optimizer, "weight_decay", None), _highest_rate(optimizer)
    if not decay or rate is None or case.setting.sets_rate:
        return
    share = float(decay) * rate
    if share > _FORGOTTEN:
        yield seen(
            None, f"weight_decay={decay:g}, times the learning rate {rate:g}, takes {min(share, 1):.0%} of each weight away at "
            "every step: what is learned is forgotten at once.", f"{kind(optimizer)}(weight_decay=0.004)",
            weight_decay=float(decay), learning_rate=rate, share=share,
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
    limit = _EPSILONS.get(kind(_inner(case)))
    if limit is not None and epsilon is not None and not 1e-12 <= epsilon <= limit:
        yield seen(
            None, f"epsilon={epsilon:g} of {kind(_inner(case))}: beyond {limit:g} the steps are tiny, below 1e-12 they explode "
            "where gradients are small.", "epsilon=1e-7 (the default).", epsilon=float(epsilon),
        )  # fmt: skip


def _net(optimizer: str) -> str:
    return f"""rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = x[:, :1] - x[:, 1:2]
model = lamina.Sequential([lamina.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
model.compile(optimizer=lamina.optimizers.{optimizer}, loss="mse")"""


RULES = (
    Rule(
        "learning-rate-high", START, "warning", "a rate beyond 0.05 of Adam and its kin, beyond 1 of SGD (with a momentum above "
        "0.9, beyond 10 · (1 - momentum)); ten times that below 100 weights", learning_rate_high,
        "UMLAUT, whose 0.01 is too strict", _net("Adam(learning_rate=1.0)"), _net("SGD(learning_rate=0.1)"),
    ),
    Rule(
        "warmup-too-long", START, "warning", "100 planned steps or more, in which a schedule rises and at whose end it gives "
        "less than a twentieth of what it gives later", warmup_too_long, "practice with transformers",
        _net("Adam(lamina.optimizers.schedules.CosineDecay(0.0, 10**5, warmup_target=0.01, warmup_steps=10**5))")
        + "\noptions = dict(epochs=30)",
        _net("Adam(lamina.optimizers.schedules.CosineDecay(0.0, 200, warmup_target=0.01, warmup_steps=40))")
        + "\noptions = dict(epochs=30)",
    ),
    Rule(
        "weight-decay-large", START, "warning", "learning_rate times weight_decay beyond 0.1, the share of each weight that a "
        "step takes away", weight_decay_large, "Loshchilov and Hutter, Decoupled Weight Decay Regularization",
        _net("AdamW(learning_rate=0.01, weight_decay=50.0)"), _net("AdamW(learning_rate=0.001, weight_decay=0.1)"),
        ("learning-rate-high",),
    ),
    Rule(
        "learning-rate-low", START, "warning", "a rate below 1e-6 of Adam and its kin, below 1e-5 of SGD, at every "
        "planned step, or below a thousandth of its highest after 50 steps",
        learning_rate_low, "UMLAUT", _net("SGD(learning_rate=1e-8)"), _net("Adam(learning_rate=1e-5)"), ("warmup-too-long",),
    ),
    Rule(
        "learning-rate-negative", START, "error", "a rate of 0 or less", learning_rate_negative, "UMLAUT",
        _net("SGD(learning_rate=0.0)"), _net("SGD(learning_rate=0.1)"),
    ),
    Rule(
        "clip-too-small", START, "warning", "clipnorm, clipvalue or global_clipnorm below 1e-4", clip_too_small,
        "SO 31556268", _net("SGD(clipnorm=1e-8)"), _net("SGD(clipnorm=1.0)"),
    ),
    Rule(
        "optimizer-epsilon", START, "warning", "an epsilon beyond 0.1 of Adam and its kin, beyond 1 of RMSprop, or "
        "below 1e-12", optimizer_epsilon, "TheDeepChecker",
        _net("Adam(epsilon=100.0)"), _net("Adam(epsilon=0.1)"),
    ),
)  # fmt: skip
