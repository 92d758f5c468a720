"""The gradient of a convolution's samples, phase by phase, against its forward."""

import pytest

from lamina.engines.native.primitives import _conv_phases, _windows
from lamina.engines.native.primitives._conv import conv, conv_input_grad

from .convolutions import is_direct, normal, parameters

pytest.importorskip("llvmlite")
pytestmark = pytest.mark.usefixtures("with_machine_code", "many_registers")


def input_grad_is_direct(spatial, window, channels=16, filters=5, **how):
    how = parameters(len(spatial), **how)
    x, kernel = normal(3, *spatial, channels), normal(*window, channels, filters)
    grad = normal(*conv.output_specs([x, kernel], how)[0].shape)
    return is_direct(conv_input_grad, [grad, kernel], {"spatial": spatial, **how})


@pytest.mark.parametrize("column_bytes", [1 << 20, 1])
@pytest.mark.parametrize(
    "spatial, window, how",
    [
        ((16, 24), (3, 3), {"stride": 2, "padding": ((0, 1), (0, 1))}),
        ((17, 25), (3, 3), {"stride": 2, "padding": ((1, 1), (1, 1))}),
        ((16, 24), (4, 5), {"stride": 2, "padding": ((1, 1), (2, 2))}),
        ((16, 24), (2, 2), {"stride": 2}),
        ((16, 24), (1, 1), {"stride": 2}),  # phases that no window meets
        ((16, 31), (5, 4), {"stride": 3, "padding": ((2, 3), (0, 2))}),
        ((13, 14), (3, 3), {}),  # one phase
        ((9, 16), (3, 3), {"padding": ((3, 0), (4, 3))}),  # more zeros than the window is wide
        ((50,), (4,), {"stride": 2, "padding": ((1, 2),)}),
        ((6, 5, 24), (2, 3, 3), {"stride": 2, "padding": ((0, 1), (1, 1), (1, 1))}),
    ],
)
def test_equals_the_forward(spatial, window, how, column_bytes, monkeypatch):
    monkeypatch.setattr(_windows, "COLUMN_BYTES", column_bytes)
    monkeypatch.setattr(_conv_phases, "MOST_MORE", 9)
    assert input_grad_is_direct(spatial, window, **how)


@pytest.mark.parametrize(
    "spatial, window, how",
    [
        ((5, 40), (5, 5), {"stride": 2}),  # mostly zeros
        ((16, 40), (3, 3), {"stride": 2, "padding": ((1, 1), (1, 1)), "dilation": 2}),
        ((16, 8), (3, 3), {"stride": 2, "padding": ((1, 1), (1, 1))}),  # few sums of a phase
    ],
)
def test_otherwise_products_are_added_to_windows(spatial, window, how):
    assert not input_grad_is_direct(spatial, window, filters=24, **how)
