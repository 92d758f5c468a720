"""Quantizers by name, class and config."""

import pytest

from lamina import quantizers


@pytest.mark.parametrize("options", [{}, {"axis": 1}, {"axis": (0, 1), "value_range": (-8, 7), "epsilon": 1e-3}])
def test_a_quantizer_is_its_config(options):
    one = quantizers.AbsMaxQuantizer(**options)
    for other in (quantizers.deserialize(quantizers.serialize(one)), quantizers.get(quantizers.serialize(one))):
        assert isinstance(other, quantizers.AbsMaxQuantizer)
        assert other.get_config() == one.get_config()


def test_by_name_and_class():
    assert quantizers.get(None) is None
    for identifier in ("abs_max_quantizer", "AbsMaxQuantizer", quantizers.AbsMaxQuantizer):
        assert quantizers.get(identifier).axis is None
        assert quantizers.get(identifier, value_range=(-8, 7)).value_range == (-8, 7)
    one = quantizers.AbsMaxQuantizer()
    assert quantizers.get(one) is one
    with pytest.raises(ValueError, match="typo"):
        quantizers.get("typo")


def test_the_base_changes_nothing_and_has_no_config():
    assert quantizers.Quantizer()(3) == 3
    with pytest.raises(NotImplementedError, match="get_config"):
        quantizers.Quantizer().get_config()
