"""Every numeric argument of every optimizer and schedule has a range, and a value outside it is refused by name."""

import inspect
import math

import numpy as np
import pytest

from lamina import optimizers
from lamina.optimizers import schedules

NEGATIVE = (-1.0, -1e-9, math.nan, "0.1")
FRACTION = (-0.1, 1.1, math.nan, True)
BELOW_ONE = (*FRACTION, 1.0)
SHARE = (*FRACTION, 0.0)
POSITIVE = (*NEGATIVE, 0.0)
COUNT = (0, -1, 1.5)
# Values that are refused, by the name of the argument; by class where a name means different things.
REFUSED = {
    "learning_rate": (-1.0, math.nan, np.float32(-0.5), True, "fast", [0.1]), "initial_learning_rate": NEGATIVE,
    "beta_1": BELOW_ONE, "beta_2": BELOW_ONE, "adam_beta_1": BELOW_ONE, "adam_beta_2": BELOW_ONE, "rho": FRACTION,
    "momentum": FRACTION, "epsilon": NEGATIVE, "epsilon_1": NEGATIVE, "epsilon_2": NEGATIVE, "clip_threshold": POSITIVE,
    "beta_2_decay": (0.1, math.nan), "learning_rate_power": (0.1, math.nan), "initial_accumulator_value": NEGATIVE,
    "l1_regularization_strength": NEGATIVE, "l2_regularization_strength": NEGATIVE,
    "l2_shrinkage_regularization_strength": NEGATIVE, "beta": NEGATIVE, "warmup_steps": NEGATIVE, "adam_lr_ratio": NEGATIVE,
    "ns_steps": COUNT, "rms_rate": NEGATIVE, "adam_weight_decay": NEGATIVE, "weight_decay": NEGATIVE, "clipnorm": NEGATIVE,
    "clipvalue": NEGATIVE, "global_clipnorm": NEGATIVE, "ema_momentum": FRACTION, "ema_overwrite_frequency": COUNT,
    "loss_scale_factor": POSITIVE, "gradient_accumulation_steps": (1, -2), "initial_scale": POSITIVE,
    "dynamic_growth_steps": COUNT, "decay_steps": POSITIVE, "first_decay_steps": POSITIVE, "decay_rate": NEGATIVE,
    "end_learning_rate": NEGATIVE, "power": NEGATIVE, "alpha": FRACTION, "warmup_target": NEGATIVE, "t_mul": POSITIVE,
    "m_mul": NEGATIVE, "boundaries": ([-1, 2], [2, 1], [1, 1], [1, math.nan]), "values": ([0.1, -0.1, 0.1], [0.1, "a", 0.1]),
    ("Lion", "beta_1"): SHARE, ("Lion", "beta_2"): FRACTION, ("ScheduleFreeAdamW", "beta_1"): SHARE,
}  # fmt: skip
# Coefficients that may be anything, and arguments that are no numbers.
FREE = {"muon_a", "muon_b", "muon_c", "name", "exclude_layers", "kwargs", "inner_optimizer", "optimizer_map"}
NEEDED = {
    "Optimizer": {"learning_rate": 0.1},
    "LossScaleOptimizer": {"inner_optimizer": optimizers.SGD()},
    "MultiOptimizer": {"optimizer_map": optimizers.OptimizerMap(optimizers.SGD())},
    "PiecewiseConstantDecay": {"boundaries": [1, 2], "values": [0.1, 0.2, 0.3]},
    "CosineDecayRestarts": {"initial_learning_rate": 0.1, "first_decay_steps": 5},
    "PolynomialDecay": {"initial_learning_rate": 0.1, "decay_steps": 5},
    "CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": 5},
}
WITH = {"ema_momentum": {"use_ema": True}, "ema_overwrite_frequency": {"use_ema": True}}


def classes():
    for namespace, base in ((optimizers, optimizers.Optimizer), (schedules, schedules.LearningRateSchedule)):
        for name in namespace.__all__:
            cls = getattr(namespace, name)
            if isinstance(cls, type) and issubclass(cls, base) and cls is not schedules.LearningRateSchedule:
                yield cls


def cases():
    for cls in classes():
        for name, parameter in inspect.signature(cls).parameters.items():
            if name not in FREE and not isinstance(parameter.default, bool):
                yield cls, name


@pytest.mark.parametrize(("cls", "name"), list(cases()), ids=lambda x: x if isinstance(x, str) else x.__name__)
def test_values_outside_the_range_are_refused(cls, name):
    refused = REFUSED.get((cls.__name__, name)) or REFUSED[name]
    needed = NEEDED.get(cls.__name__, {})
    if issubclass(cls, schedules.LearningRateSchedule) and not needed:
        needed = {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0.5}
    for value in refused:
        with pytest.raises(ValueError, match=rf"{cls.__name__}: {name}"):
            cls(**{**needed, **WITH.get(name, {}), name: value})


def test_the_edges_of_the_ranges_are_allowed():
    optimizers.SGD(0.0, momentum=1.0)
    optimizers.Adam(np.float32(0.1), beta_1=0.0, beta_2=0, epsilon=0.0, clipnorm=0.0, weight_decay=0.0)
    optimizers.Lion(beta_1=1.0, beta_2=1)
    optimizers.RMSprop(np.array(0.1), rho=1.0)
    schedules.PolynomialDecay(0.1, 1, 0.0, power=0.0)


def test_a_rate_that_is_set_later_has_the_same_range():
    optimizer = optimizers.SGD(0.1)
    with pytest.raises(ValueError, match=r"SGD: learning_rate must be zero or a positive number; got -0.5"):
        optimizer.learning_rate = -0.5
    assert float(optimizer.learning_rate) == pytest.approx(0.1)
