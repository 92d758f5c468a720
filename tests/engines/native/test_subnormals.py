"""Programs take subnormal numbers for zero; what is outside of them does not."""

import platform
import sys

import numpy as np
import pytest

from lamina.engines import native
from lamina.engines.native._peaks import threads_set_to
from lamina.engines.native._subnormals import _access, no_subnormals
from lamina.engines.native._threads import parallel

SMALL = np.full(40_000, 1.5e-38, np.float32)  # half of it is subnormal
can_flush = sys.platform == "linux" and platform.machine() == "x86_64"


def _is_kept():
    return bool((SMALL * np.float32(0.5)).all())


def test_the_processor_can_be_told_where_it_is_said_to():
    assert (_access() is not None) == can_flush


def test_it_holds_within_and_ends_with_the_block():
    with no_subnormals():
        assert _is_kept() != can_flush
        with no_subnormals():
            pass
        assert _is_kept() != can_flush
    assert _is_kept()


def test_it_ends_with_an_error_too():
    with pytest.raises(ZeroDivisionError), no_subnormals():
        _ = 1 / 0
    assert _is_kept()


@pytest.mark.parametrize("threads", [1, 2])
def test_a_program_takes_them_for_zero(threads):
    with threads_set_to(threads):
        halved = native.compile(lambda x: x * np.float32(0.5) + np.float32(0.0))(SMALL)
    assert np.asarray(halved).any() != can_flush
    assert _is_kept()


def test_threads_of_the_pool_take_them_for_zero():
    kept = [None, None]

    def look(i):
        kept[i] = _is_kept()

    with no_subnormals():
        parallel(look, [0, 1])
    assert kept == [not can_flush] * 2


def test_a_slot_whose_gradient_is_zero_shrinks_to_nothing():
    step = native.compile(lambda v, g: (v * np.float32(0.9) + g,), donate=(0,))
    v, g = np.ones(8, np.float32), np.zeros(8, np.float32)
    for _ in range(1000):
        step(v, g)
    assert np.asarray(v).max() <= (0.0 if can_flush else 1e-40)
