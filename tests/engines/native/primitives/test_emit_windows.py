"""Convolution and pooling in machine code at sizes that BLAS is called for, in pieces, with borders, against their forwards."""

import numpy as np
import pytest

from lamina.engines.native.primitives import _pool, _windows
from lamina.engines.native.primitives._conv import conv, conv_input_grad, conv_kernel_grad
from lamina.engines.native.primitives._pool import max_pool, max_pool_grad, window_spread, window_sum

from .one_call import results

pytest.importorskip("llvmlite")
pytestmark = pytest.mark.usefixtures("with_machine_code")


def normal(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype("float32")


def check(primitive, arrays, **how):
    expected = primitive.forward(*arrays, **how)
    (got,), written = results(primitive, how, arrays)
    assert written == 1, f"{primitive.name} was not written"
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-4, err_msg=primitive.name)


@pytest.mark.parametrize("column_bytes", [1 << 20, 60_000, 1])  # all samples, a few, line by line
@pytest.mark.parametrize(
    "spatial, window, stride, padding, dilation, channels",
    [
        ((11, 9), (3, 3), 1, ((0, 0), (0, 0)), 1, 16),
        ((11, 9), (3, 2), 1, ((1, 1), (0, 1)), 1, 16),
        ((12, 9), (3, 3), 2, ((0, 1), (1, 1)), 1, 16),
        ((12, 11), (3, 2), 1, ((2, 2), (1, 1)), 2, 16),
        ((16, 14), (3, 3), 1, ((0, 0), (0, 0)), 1, 1),
        ((10, 8), (1, 1), 1, ((0, 0), (0, 0)), 1, 24),
        ((10, 8), (1, 1), 2, ((0, 0), (0, 0)), 1, 24),
        ((40,), (5,), 1, ((2, 2),), 1, 16),
        ((6, 5, 7), (2, 3, 3), 1, ((0, 1), (1, 1), (1, 1)), 1, 8),
    ],
)  # fmt: skip
def test_convolution(spatial, window, stride, padding, dilation, channels, column_bytes, monkeypatch):
    monkeypatch.setattr(_windows, "COLUMN_BYTES", column_bytes)
    rank, filters = len(spatial), 20
    how = {"strides": (stride,) * rank, "padding": padding, "dilation": (dilation,) * rank, "groups": 1}
    x, kernel = normal(5, *spatial, channels), normal(*window, channels, filters)
    check(conv, [x, kernel], **how)
    grad = normal(*conv.output_specs([x, kernel], how)[0].shape)
    check(conv_input_grad, [grad, kernel], spatial=spatial, **how)
    check(conv_kernel_grad, [x, grad], window=window, **how)


@pytest.mark.parametrize("column_bytes", [1 << 20, 1])  # all samples, one by one
@pytest.mark.parametrize("each", [1, 2, 3])  # filters of a channel
@pytest.mark.parametrize(
    "spatial, window, stride, padding, dilation, channels",
    [
        ((11, 9), (3, 3), 1, ((0, 0), (0, 0)), 1, 16),
        ((11, 9), (3, 2), 1, ((1, 1), (0, 1)), 1, 5),
        ((12, 9), (3, 3), 2, ((0, 1), (1, 1)), 1, 16),
        ((12, 11), (3, 2), 1, ((2, 2), (1, 1)), 2, 3),
        ((10, 8), (1, 1), 2, ((0, 0), (0, 0)), 1, 24),
        ((40,), (5,), 1, ((4, 0),), 1, 16),
        ((6, 5, 7), (2, 3, 3), 1, ((0, 1), (1, 1), (1, 1)), 1, 8),
    ],
)  # fmt: skip
def test_depthwise_convolution(spatial, window, stride, padding, dilation, channels, each, column_bytes, monkeypatch):
    monkeypatch.setattr(_windows, "COLUMN_BYTES", column_bytes)
    rank = len(spatial)
    how = {"strides": (stride,) * rank, "padding": padding, "dilation": (dilation,) * rank, "groups": channels}
    x, kernel = normal(5, *spatial, channels), normal(*window, 1, each * channels)
    check(conv, [x, kernel], **how)
    check(conv, [np.flip(x, -1), kernel[..., ::-1]], **how)
    grad = normal(*conv.output_specs([x, kernel], how)[0].shape)
    check(conv_input_grad, [grad, kernel], spatial=spatial, **how)
    check(conv_kernel_grad, [x, grad], window=window, **how)


def test_a_large_depthwise_window_stays_with_numpy():
    x, kernel = normal(1, 20, 20, 4), normal(12, 12, 1, 4)
    how = {"strides": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1), "groups": 4}
    assert results(conv, how, [x, kernel])[1] == 0


def test_a_product_that_several_threads_share_stays_with_numpy():
    x, kernel = normal(1, 34, 34, 128), normal(3, 3, 128, 256)
    how = {"strides": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1), "groups": 1}
    assert results(conv, how, [x, kernel])[1] == 0


@pytest.mark.parametrize("sample_bytes", [1 << 20, 1])
@pytest.mark.parametrize(
    "spatial, window, stride, padding",
    [
        ((8, 6), (2, 2), (2, 2), ((0, 0), (0, 0))),
        ((9, 7), (2, 2), (2, 2), ((0, 0), (0, 0))),
        ((9, 7), (3, 3), (2, 2), ((1, 1), (0, 1))),
        ((9, 7), (3, 2), (1, 1), ((1, 1), (0, 1))),
        ((8, 8), (1, 2), (3, 3), ((0, 0), (0, 0))),
        ((13,), (3,), (2,), ((1, 1),)),
        ((4, 6, 5), (2, 2, 3), (2, 2, 1), ((0, 0), (0, 0), (1, 1))),
    ],
)
@pytest.mark.parametrize("channels", [1, 5])
def test_pooling(spatial, window, stride, padding, channels, sample_bytes, monkeypatch):
    monkeypatch.setattr(_pool, "SAMPLE_BYTES", sample_bytes)
    how = {"window": window, "strides": stride, "padding": padding}
    x = np.round(normal(3, *spatial, channels))  # with equals in one window
    check(window_sum, [x], **how)
    check(max_pool, [x], **how)
    y = max_pool.forward(x, **how)
    g = normal(*y.shape)
    check(window_spread, [g], spatial=spatial, **how)
    check(max_pool_grad, [g, x, y], **how)


def test_a_window_too_wide_to_be_written_out_stays_with_numpy():
    x = normal(1, 40, 3)
    assert results(max_pool, {"window": (40,), "strides": (1,), "padding": ((0, 0),)}, [x])[1] == 0
