"""Convolutions give the same however few samples, or lines of a sample, are worked on at a time."""

import itertools

import numpy as np
import pytest

from lamina.engines.native.primitives import _conv, _windows

CASES = [
    (rank, groups, stride, dilation, window)
    for rank, groups, stride, dilation, window in itertools.product((1, 2, 3), (1, 2, 4), (1, 2), (1, 2), (1, 2, 3))
    if not (dilation > 1 and stride > 1)
]


@pytest.mark.parametrize("rank, groups, stride, dilation, window", CASES)
def test_pieces_of_any_size_give_the_same(rank, groups, stride, dilation, window, monkeypatch):
    rng = np.random.default_rng(0)
    spatial, channels, filters = (9, 8, 7)[:rank], 4, 8
    shape = (window,) * rank
    how = {
        "strides": (stride,) * rank, "padding": ((1, 2),) * rank, "dilation": (dilation,) * rank, "groups": groups,
    }  # fmt: skip
    x, kernel = rng.standard_normal((3, *spatial, channels)), rng.standard_normal((*shape, channels // groups, filters))

    def results(column_bytes):
        monkeypatch.setattr(_windows, "COLUMN_BYTES", column_bytes)
        y = _conv.conv.forward(x, kernel, **how)
        g = np.cos(y)
        return (
            y, _conv.conv_input_grad.forward(g, kernel, spatial=spatial, **how),
            _conv.conv_kernel_grad.forward(x, g, window=shape, **how),
        )  # fmt: skip

    whole = results(1 << 30)
    for column_bytes in (2000, 1):  # a few lines, one line
        for a, b in zip(whole, results(column_bytes)):
            np.testing.assert_allclose(b, a, rtol=1e-10, atol=1e-10)


def test_a_large_sample_is_worked_on_line_by_line():
    g = _windows.Geometry.of(
        4, (224, 224), 64, (3, 3), 64, 4, strides=(1, 1), padding=((1, 1), (1, 1)), dilation=(1, 1), groups=1
    )
    assert (g.samples, g.lines) == (1, 2)
    assert g.workspace(np.dtype("float32"))[1].shape[0] * 4 <= _windows.COLUMN_BYTES
