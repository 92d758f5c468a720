import numpy as np
import pytest

from lamina.engines import native


@pytest.fixture
def both():
    """The result on arrays, checked to be the compiled one."""

    def run(fn, *args):
        eager, compiled = fn(*args), native.compile(fn)(*args)
        np.testing.assert_allclose(compiled, eager, rtol=1e-12, atol=1e-12)
        return eager

    return run
