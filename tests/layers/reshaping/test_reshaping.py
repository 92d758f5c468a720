"""Arguments of the layers that reshape."""

import pytest

from lamina import layers


@pytest.mark.parametrize("kind", [layers.Cropping1D, layers.ZeroPadding1D])
@pytest.mark.parametrize("amounts", [(1,), (1, 2, 3), "1", (-1, 1)])
def test_one_axis_has_an_amount_or_a_pair_of_them(kind, amounts):
    with pytest.raises(ValueError, match="must be an int, 1 ints, or 1 pairs"):
        kind(amounts)


@pytest.mark.parametrize("make", [layers.RepeatVector, layers.UpSampling1D])
def test_how_often_is_a_positive_integer(make):
    for value in (2.5, "2", True, [3]):
        with pytest.raises(TypeError, match="must be an integer"):
            make(value)
    for value in (0, -2):
        with pytest.raises(ValueError, match="must be a positive integer"):
            make(value)
