"""The options that all optimizers share: in every signature, by name and by place, and known to type checkers."""

import inspect
from typing import get_type_hints

import numpy as np
import pytest

from lamina import optimizers
from lamina.optimizers import _options
from lamina.variables import Variable

COMMON = (
    "weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "use_ema", "ema_momentum", "ema_overwrite_frequency",
    "loss_scale_factor", "gradient_accumulation_steps", "name",
)  # fmt: skip
CLASSES = [
    cls
    for cls in (getattr(optimizers, name) for name in optimizers.__all__)
    if isinstance(cls, type) and issubclass(cls, optimizers.Optimizer)
    and cls.__name__ not in ("LossScaleOptimizer", "MultiOptimizer")
]  # fmt: skip


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_signatures_name_all_options(cls):
    parameters = inspect.signature(cls).parameters
    common = [name for name in parameters if name in COMMON and name != "weight_decay"]
    assert common == list(COMMON[1:])
    assert next(iter(parameters)) == "learning_rate"
    assert list(parameters)[-1] == "kwargs"
    assert parameters["weight_decay"].default == {"AdamW": 0.004, "Muon": 0.004}.get(cls.__name__)


def test_options_by_place():
    adam = optimizers.Adam(0.1, 0.8, 0.9, 1e-3, True, 0.5, None, 2.0, None, True, 0.75, 3, 4.0, 5, "mine")
    expected = {
        "learning_rate": pytest.approx(0.1), "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3, "amsgrad": True,
        "weight_decay": 0.5, "clipnorm": None, "clipvalue": 2.0, "global_clipnorm": None, "use_ema": True,
        "ema_momentum": 0.75, "ema_overwrite_frequency": 3, "loss_scale_factor": 4.0, "gradient_accumulation_steps": 5,
        "name": "mine",
    }  # fmt: skip
    assert adam.get_config() == expected
    muon = optimizers.Muon(0.1, 0.9, 0.99, 0.1, 1e-5, 0.2, 1.5, None, None, False, 0.9, None, None, None, "m", ["a"])
    assert (muon.clipnorm, muon.name, muon.exclude_layers) == (1.5, "m", ["a"])


def test_mistaken_arguments():
    with pytest.raises(TypeError, match="Adam takes at most 15 arguments by place; got 16"):
        optimizers.Adam(*range(16))
    with pytest.raises(TypeError, match="multiple values for keyword argument 'learning_rate'"):
        optimizers.Adam(0.1, learning_rate=0.2)
    with pytest.raises(ValueError, match="Adam: unknown arguments clip_norm, rate"):
        optimizers.Adam(rate=1.0, clip_norm=1.0)


def test_type_checkers_know_the_same_options():
    hints = get_type_hints(_options.CommonOptions)
    told = get_type_hints(_options.Options.__init__)
    assert {name: hints[name] for name in told} == told
    assert set(hints) - set(told) == {"name", "lr", "decay", "jit_compile"}


def test_a_subclass_with_arguments_of_its_own():
    class Halved(optimizers.SGD):
        def __init__(self, half=0.5, **kwargs):
            super().__init__(**kwargs)
            self.half = half

        def update_step(self, gradient, variable, learning_rate):
            super().update_step(gradient * self.half, variable, learning_rate)

    optimizer, weight = Halved(learning_rate=1.0, clipvalue=1.0), Variable(0.0)
    optimizer.apply([np.float32(4.0)], [weight])
    assert float(weight) == -0.5


def test_states_of_another_length_are_refused():
    variable = Variable(np.ones(3, "float32"))
    optimizer = optimizers.Adam()
    optimizer.build([variable])
    state = optimizer.get_weights()
    with pytest.raises(ValueError, match=f"expected {len(state)} arrays; got {len(state) - 1}"):
        optimizer.set_weights(state[:-1])
    optimizer.set_weights([np.full_like(a, 2) for a in state])
    assert all((a == 2).all() for a in optimizer.get_weights())


def test_a_loss_scale_hands_on_what_ends_a_training():
    variable = Variable(np.zeros(2, "float32"))
    inner = optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5)
    scaled = optimizers.LossScaleOptimizer(inner, initial_scale=1.0)
    for _ in range(2):
        scaled.apply([np.full(2, -4.0, "float32")], [variable])
    average = 0.5 * 4.0 + 0.5 * 8.0  # that of the first step is its value
    scaled.finalize_variable_values([variable])
    np.testing.assert_allclose(variable.numpy(), [average, average])


def test_adafactor_has_a_place_for_rows_and_columns_of_vectors_too():
    optimizer = optimizers.Adafactor()
    optimizer.build([Variable(np.ones(3, "float32")), Variable(np.ones((2, 3), "float32"))])
    shapes = [v.shape for v in optimizer.variables[2:]]
    assert shapes == [(), (), (3,), (2,), (3,), (2, 3)]
