"""Convolution without copied windows, and the gradient of its kernel, against their forwards."""

import pytest

from lamina.engines.native.primitives import _conv_direct, _windows
from lamina.engines.native.primitives._conv import conv, conv_kernel_grad

from .convolutions import is_direct, normal, parameters

pytest.importorskip("llvmlite")
pytestmark = pytest.mark.usefixtures("with_machine_code", "many_registers")


@pytest.mark.parametrize("column_bytes", [1 << 20, 60_000, 1])  # all samples at a time, a few, one
@pytest.mark.parametrize(
    "spatial, window, how, channels, filters",
    [
        ((11, 10), (3, 3), {}, 8, 16),
        ((9, 33), (3, 2), {"padding": ((1, 1), (0, 1))}, 5, 32),
        ((12, 19), (3, 3), {"padding": ((0, 1), (1, 1)), "stride": 2}, 16, 16),
        ((12, 20), (3, 3), {"padding": ((2, 2), (1, 1)), "dilation": 2}, 7, 48),
        ((6, 5), (3, 3), {"padding": ((1, 1), (1, 1))}, 16, 64),
        ((12, 25), (1, 1), {"stride": 2}, 24, 16),
        ((70,), (5,), {"padding": ((2, 2),)}, 16, 32),
        ((4, 5, 13), (2, 3, 3), {"padding": ((0, 1), (1, 1), (1, 1))}, 8, 16),
    ],
)  # fmt: skip
def test_equals_the_forward(spatial, window, how, channels, filters, column_bytes, monkeypatch):
    monkeypatch.setattr(_windows, "COLUMN_BYTES", column_bytes)
    how = parameters(len(spatial), **how)
    x, kernel = normal(5, *spatial, channels), normal(*window, channels, filters)
    assert is_direct(conv, [x, kernel], how)
    grad = normal(*conv.output_specs([x, kernel], how)[0].shape)
    assert is_direct(conv_kernel_grad, [x, grad], {"window": window, **how})


def test_of_float64_a_vector_holds_eight():
    how = parameters(2)
    x, kernel = normal(4, 12, 20, 8, dtype="float64"), normal(3, 3, 8, 24, dtype="float64")
    assert is_direct(conv, [x, kernel], how)
    grad = normal(*conv.output_specs([x, kernel], how)[0].shape, dtype="float64")
    assert is_direct(conv_kernel_grad, [x, grad], {"window": (3, 3), **how})


@pytest.mark.parametrize(
    "spatial, window, channels, filters",
    [
        ((12, 20), (3, 3), 8, 20),  # no whole vectors
        ((12, 20), (3, 9), 8, 16),  # more places in a line than registers
        ((12, 6), (3, 3), 16, 16),  # few sums
        ((4, 14), (3, 3), 128, 256),  # a large kernel
    ],
)
def test_otherwise_windows_are_copied(spatial, window, channels, filters):
    x, kernel = normal(2, *spatial, channels), normal(*window, channels, filters)
    assert not is_direct(conv, [x, kernel], parameters(2))


def test_few_channels_give_few_sums_of_the_gradient_of_a_kernel():
    x, grad = normal(4, 20, 20, 1), normal(4, 18, 18, 32)
    assert not is_direct(conv_kernel_grad, [x, grad], {"window": (3, 3), **parameters(2)})


def test_even_shares():
    assert [_conv_direct.share(n, 24) for n in (1, 24, 25, 32, 49)] == [1, 24, 13, 16, 17]
