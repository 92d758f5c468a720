import numpy as np
import pytest

from lamina.engines import native


@pytest.mark.parametrize("value, expected", [(2.0, 4.0), (-2.0, 8.0)])
def test_cond_takes_one_branch(value, expected, both):
    assert float(both(lambda x: native.cond(x > 0, lambda: x * 2, lambda: x * -4), np.array(value))) == expected


def test_cond_branches_must_agree():
    with pytest.raises(TypeError, match="equal shapes"):
        native.compile(lambda x: native.cond(np.sum(x) > 0, lambda: x, lambda: np.sum(x)))(np.ones(3))
