"""What is freed goes back to the system."""

import sys

import numpy as np
import pytest

from lamina.tables._memory import give_back


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc")
def test_what_is_free_between_arrays_goes_back():
    try:
        open("/proc/self/statm").close()
    except OSError:
        pytest.skip("no /proc")
    kept = [np.ones(12_000, "uint8") for _ in range(8000)]  # small enough to lie in the heap
    before = resident()
    kept = kept[::500]
    give_back()
    assert resident() < before - (60 << 20)
    assert all((array == 1).all() for array in kept)
