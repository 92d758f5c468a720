"""Operations of users: a config made of what `__init__` was given."""

import numpy as np
import pytest

from lamina import Operation, ops


class Scale(Operation):
    def __init__(self, factor, *, offset=1.0, name=None):
        super().__init__(name=name)
        self.factor, self.offset = factor, offset

    def call(self, x):
        return x * self.factor + self.offset


class Nameless(Operation):
    def __init__(self, factor, offset=0.0):
        super().__init__()
        self.factor, self.offset = factor, offset


class More(Operation):
    def __init__(self, factor, *more, **kwargs):
        super().__init__(**kwargs)


class Own(Scale):
    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


@pytest.mark.parametrize(
    ("operation", "config"),
    [
        (Operation(name="op"), {"name": "op"}),
        (Scale(2.0, name="s"), {"factor": 2.0, "offset": 1.0, "name": "s"}),
        (Scale(factor=[1, (2, None)], offset=0.0, name="s"), {"factor": [1, (2, None)], "offset": 0.0, "name": "s"}),
        (Nameless(2.0), {"factor": 2.0, "offset": 0.0}),
        (More(2.0, name="m"), {"factor": 2.0, "name": "m"}),
        (Own(3.0, name="o"), {"name": "o", "factor": 3.0}),
    ],
)
def test_config(operation, config):
    assert operation.get_config() == config
    assert type(operation).from_config(config).get_config() == config


def test_a_name_made_up_is_kept():
    operation = Scale(2.0)
    back = Scale.from_config(operation.get_config())
    assert back.name == operation.name and float(back(np.float32(3.0))) == 7.0


@pytest.mark.parametrize("operation", [Scale(np.ones(2)), Scale(lambda x: x), More(1.0, 2.0)])
def test_what_cannot_be_saved_says_what_to_do(operation):
    with pytest.raises(NotImplementedError, match="Define get_config"):
        operation.get_config()


def test_once_it_has_a_quantization_mode_another_call_is_made():
    class Rounds(Operation):
        def call(self, x):
            return x

        def quantized_call(self, x):
            return ops.round(x)

    operation = Rounds()
    assert float(operation(np.float32(1.25))) == 1.25
    operation.quantization_mode = "int8"
    assert float(operation(np.float32(1.25))) == 1.0
    lacking = Scale(2.0)
    lacking.quantization_mode = "int8"
    with pytest.raises(NotImplementedError, match="quantized_call"):
        lacking(np.float32(1.0))
