"""draw_seed: what stands for a seed, and the default generator."""

import numpy as np
import pytest

from lamina import ops
from lamina.random import _seed
from lamina.random._seed import draw_seed, set_default_generator


def test_kinds_of_seeds():
    assert draw_seed(5).tolist() == [5, 0] and ops.dtype(draw_seed(5)) == "uint32"
    assert draw_seed(np.array([3, 4], np.uint32)).tolist() == [3, 4]
    assert draw_seed(-1).tolist() == [2**32 - 1, 0]
    for bad in (True, "x", 1.5, np.ones(3)):
        with pytest.raises(ValueError, match="seed must be"):
            draw_seed(bad)


def test_default_generator():
    class Generator:
        def next(self):
            return np.array([1, 2], np.uint32)

    before = _seed._default
    set_default_generator(Generator)
    try:
        assert draw_seed(None).tolist() == [1, 2]
    finally:
        set_default_generator(before)
