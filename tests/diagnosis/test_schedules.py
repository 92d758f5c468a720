"""A schedule that ends with the training is sound, however short that is; one that ends long before is not, nor one whose
warm-up never ends. Step sizes that are large by what goes with them."""

import numpy as np
import pytest

import lamina
from lamina import layers


@pytest.mark.parametrize(
    "epochs, decay_steps, is_sound", [(1, 8, True), (5, 40, True), (500, 40, False), (50, 400, True)]
)
def test_cosine(epochs, decay_steps, is_sound):
    lamina.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
    model = lamina.Sequential([layers.Input((4,)), layers.Dense(8, "relu"), layers.Dense(1)])
    model.compile(lamina.optimizers.Adam(lamina.optimizers.schedules.CosineDecay(0.003, decay_steps)), "mse")
    found = lamina.diagnose(model, x, x[:, :1], batch_size=8, epochs=epochs)
    assert ("learning-rate-low" not in [finding.rule for finding in found]) is is_sound


def found(optimizer, epochs=20, rows=64):
    lamina.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(rows, 4)).astype("float32")
    model = lamina.Sequential([layers.Input((4,)), layers.Dense(32, "relu"), layers.Dense(1)])
    model.compile(optimizer, "mse")
    return list(lamina.diagnose(model, x, x[:, :1], batch_size=8, epochs=epochs))


class WithWarmUp(lamina.optimizers.schedules.LearningRateSchedule):
    """Up in a straight line, then down by the root of the step."""

    def __init__(self, steps):
        self.steps = steps

    def __call__(self, step):
        step = lamina.ops.cast(step, "float32") + 1
        return 0.01 * lamina.ops.minimum(step / self.steps, (self.steps / step) ** 0.5)

    def get_config(self):
        return {"steps": self.steps}


class Rising(WithWarmUp):
    def __call__(self, step):
        return 1e-5 * (1 + lamina.ops.cast(step, "float32") / 30)


@pytest.mark.parametrize(
    "schedule, is_sound",
    [
        (WithWarmUp(8000), False),
        (WithWarmUp(16), True),
        (WithWarmUp(1000), True),  # a sixth of the rate: slow, but it learns
        (Rising(1), True),  # to find the limit
        (lamina.optimizers.schedules.CosineDecay(0.0, 140, warmup_target=0.01, warmup_steps=20), True),
        (lamina.optimizers.schedules.ExponentialDecay(0.01, 100, 0.9), True),
        (lamina.optimizers.schedules.PiecewiseConstantDecay([20, 100], [0.001, 0.01, 0.001]), True),
    ],
    ids=lambda part: type(part).__name__,
)
def test_warm_up(schedule, is_sound):
    told = found(lamina.optimizers.Adam(schedule))
    assert [f.rule for f in told] == ([] if is_sound else ["warmup-too-long"])
    assert all("WithWarmUp raises the learning rate" in f.message for f in told)


def test_a_trial_of_a_few_steps_does_not_leave_the_warm_up():
    assert not found(lamina.optimizers.Adam(WithWarmUp(8000)), epochs=2)


def test_the_momentum_is_named_where_it_makes_the_steps_large():
    (finding,) = found(lamina.optimizers.SGD(0.05, momentum=0.999))
    assert finding.rule == "learning-rate-high" and finding.fix == "SGD(learning_rate=0.05, momentum=0.9)"
    assert "momentum=0.999" in finding.message and finding.evidence["momentum"] == pytest.approx(0.999)
    (finding,) = found(lamina.optimizers.SGD(50.0, momentum=0.5))
    assert finding.fix == "SGD(learning_rate=0.01)"
    assert not found(lamina.optimizers.SGD(0.005, momentum=0.99))


@pytest.mark.parametrize("optimizer, is_sound", [
    (lamina.optimizers.SGD(0.1, weight_decay=5.0), False), (lamina.optimizers.Lion(0.0003, weight_decay=1.0), True),
    (lamina.optimizers.SGD(0.1, weight_decay=5e-4), True), (lamina.optimizers.AdamW(0.001, weight_decay=0.5), True),
])  # fmt: skip
def test_weight_decay(optimizer, is_sound):
    assert [f.rule for f in found(optimizer)] == ([] if is_sound else ["weight-decay-large"])
