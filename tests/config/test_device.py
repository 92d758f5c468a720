"""The one device, and switches that Keras has and that are answered truthfully."""

import warnings

import pytest

import lamina
from lamina import config, layers
from lamina.layers import Input
from lamina.ops._symbolic._symbolic_scope import in_symbolic_scope


def test_the_cpu_is_taken_in_silence():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in ("cpu", "CPU:0"):
            with lamina.device(name):
                assert float(lamina.ops.sum(lamina.ops.ones(3))) == 3


def test_another_device_changes_nothing_and_says_so():
    with pytest.warns(UserWarning, match=r"device\('gpu:0'\) changes nothing"), lamina.device("gpu:0"):
        pass
    with pytest.raises(ValueError, match="device_name must be a string, such as 'cpu:0'; got 3"):
        lamina.device(3).__enter__()


def test_symbolic_scope():
    assert not in_symbolic_scope()
    with lamina.SymbolicScope() as scope, lamina.SymbolicScope():
        assert isinstance(scope, lamina.SymbolicScope) and in_symbolic_scope()
        assert layers.Dense(3)(Input((2,))).shape == (None, 3)
    assert not in_symbolic_scope()


def test_what_there_is_one_way_for():
    config.enable_flash_attention()
    assert not config.is_flash_attention_enabled()
    config.disable_flash_attention()
    config.enable_unsafe_deserialization()
    assert not config.is_nnx_enabled()
