"""Every schedule against its definition in plain Python, at every argument, before, at and after its bounds."""

import inspect
import math

import numpy as np
import pytest

from lamina.engines import engine
from lamina.optimizers import schedules

STEPS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 19, 20, 21, 60, 1000]


def exponential(step, decay_steps, decay_rate, staircase=False):
    p = step / decay_steps
    return 0.8 * decay_rate ** (math.floor(p) if staircase else p)


def inverse_time(step, decay_steps, decay_rate, staircase=False):
    p = step / decay_steps
    return 0.8 / (1 + decay_rate * (math.floor(p) if staircase else p))


def polynomial(step, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False):
    length = decay_steps * max(1, math.ceil(step / decay_steps)) if cycle else decay_steps
    return (0.8 - end_learning_rate) * (1 - min(step, length) / length) ** power + end_learning_rate


def half_cosine(fraction):
    return (1 + math.cos(math.pi * fraction)) / 2


def cosine(step, decay_steps, alpha=0.0, warmup_target=None, warmup_steps=0):
    if warmup_target is None:
        high = 0.8
    elif step < warmup_steps:
        return 0.8 + (warmup_target - 0.8) * step / warmup_steps
    else:
        high, step = warmup_target, step - warmup_steps
    return high * ((1 - alpha) * half_cosine(min(step / decay_steps, 1)) + alpha)


def cosine_restarts(step, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0):
    length, height = first_decay_steps, 1.0
    while step >= length:
        step, length, height = step - length, length * t_mul, height * m_mul
    return 0.8 * ((1 - alpha) * height * half_cosine(step / length) + alpha)


def piecewise(step, boundaries, values):
    return values[sum(step > boundary for boundary in boundaries)]


CASES = [
    ("ExponentialDecay", exponential, [(10, 0.5), (3, 0.9, True), (4, 1.0), (10, 0.0)]),
    ("InverseTimeDecay", inverse_time, [(10, 0.5), (3, 0.9, True), (4, 0.0)]),
    ("PolynomialDecay", polynomial, [(10,), (10, 0.1), (10, 0.1, 2.0), (10, 0.0, 0.5), (10, 0.1, 1.5, True)]),
    ("CosineDecay", cosine, [(10,), (10, 0.2)]),
    ("CosineDecayRestarts", cosine_restarts, [(7,), (7, 1.0), (7, 3.0, 0.5), (7, 1.0, 0.9, 0.1), (7, 2.0, 1.0, 0.3)]),
]  # fmt: skip
KEYWORDS = [
    ("CosineDecay", cosine, {"decay_steps": 10, "warmup_target": 2.0, "warmup_steps": 5}),
    ("CosineDecay", cosine, {"decay_steps": 10, "alpha": 0.3, "warmup_target": 0.1, "warmup_steps": 9}),
    ("CosineDecay", cosine, {"decay_steps": 10, "warmup_target": 2.0}),
]


def positional(cls, arguments):
    names = [n for n in inspect.signature(cls.__init__).parameters if n not in ("self", "initial_learning_rate")]
    return dict(zip(names, arguments))


ALL = [
    (name, rule, positional(getattr(schedules, name), arguments))
    for name, rule, cases in CASES
    for arguments in cases
] + KEYWORDS  # fmt: skip


def check(schedule, rule, options):
    compiled = engine.compile(schedule)
    for step in STEPS:
        expected = rule(step, **options)
        for call in (schedule, compiled):
            got = float(call(np.asarray(step, "int32")))
            # The rates are float32: after 1,000 steps the place within a run is too.
            assert got == pytest.approx(expected, rel=2e-5, abs=5e-6), f"step {step}"


@pytest.mark.parametrize(
    ("name", "rule", "options"), [pytest.param(*c, id="-".join([c[0], *map(str, c[2].values())])) for c in ALL]
)
def test_schedule(name, rule, options):
    schedule = getattr(schedules, name)(0.8, **options)
    check(schedule, rule, options)
    check(schedules.deserialize(schedules.serialize(schedule)), rule, options)


@pytest.mark.parametrize(
    "options", [{"boundaries": [3, 10], "values": [1.0, 0.5, 0.1]}, {"boundaries": [], "values": [0.3]}]
)
def test_piecewise_constant(options):
    check(schedules.PiecewiseConstantDecay(**options), piecewise, options)


def test_every_argument_is_compared():
    seen = {}
    for name, _, options in ALL:
        seen.setdefault(name, {"self", "initial_learning_rate", "name"}).update(options)
    for name, known in seen.items():
        own = set(inspect.signature(getattr(schedules, name).__init__).parameters)
        assert own <= known, f"{name}: {own - known} is not compared"
    classes = {n for n in schedules.__all__ if inspect.isclass(getattr(schedules, n))}
    assert classes - {"LearningRateSchedule", "PiecewiseConstantDecay"} == set(seen)
