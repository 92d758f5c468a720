"""Configs of quantisation."""

import pytest

from lamina import quantizers
from lamina.quantizers._config import resolve_config


@pytest.mark.parametrize(
    ("config", "mode"),
    [
        (quantizers.Int8QuantizationConfig(quantizers.AbsMaxQuantizer(axis=0), None), "int8"),
        (quantizers.Int4QuantizationConfig(block_size=16), "int4"),
        (quantizers.Float8QuantizationConfig(), "float8"),
    ],
)
def test_config_and_back(config, mode):
    again = quantizers.deserialize(quantizers.serialize(config))
    assert type(again) is type(config) and again.mode == mode
    assert again.get_config() == config.get_config()
    assert resolve_config(None, config, "test") is config


def test_defaults():
    assert isinstance(resolve_config("int8", None, "test").activation_quantizer, quantizers.AbsMaxQuantizer)
    assert resolve_config("int4", None, "test").block_size == 128
    assert resolve_config("int4", None, "test").activation_quantizer is None
    assert quantizers.Int4QuantizationConfig.from_config({}).block_size is None


def test_wrong_arguments():
    other = quantizers.AbsMaxQuantizer(axis=0, output_dtype="int16")
    with pytest.raises(ValueError, match="output_dtype"):
        quantizers.Int8QuantizationConfig(other)
    with pytest.raises(ValueError, match="block_size"):
        quantizers.Int4QuantizationConfig(block_size=0)
    with pytest.raises(ValueError, match="custom quantizers"):
        quantizers.Int4QuantizationConfig(quantizers.AbsMaxQuantizer(axis=0, value_range=(-8, 7)))
    with pytest.raises(ValueError, match="value_range"):
        quantizers.Int4QuantizationConfig(quantizers.AbsMaxQuantizer(axis=0), block_size=-1)
    with pytest.raises(NotImplementedError, match="mode"):
        quantizers.QuantizationConfig().mode  # noqa: B018
    for mode, config in [(None, None), ("int7", None), ("int8", 3), ("int4", quantizers.Int8QuantizationConfig())]:
        with pytest.raises(ValueError, match="test: "):
            resolve_config(mode, config, "test")
