"""Dtype policies of quantised layers."""

import pytest

from lamina import dtype_policies


@pytest.mark.parametrize(
    ("name", "mode", "compute", "variable"),
    [
        ("int8_from_float32", "int8", "float32", "float32"),
        ("int4_from_mixed_bfloat16", "int4", "bfloat16", "float32"),
        ("int4/32_from_float32", "int4", "float32", "float32"),
        ("float8_from_mixed_float16", "float8", "float16", "float32"),
    ],
)
def test_names(name, mode, compute, variable):
    policy = dtype_policies.get(name)
    assert (policy.name, policy.quantization_mode) == (name, mode)
    assert (policy.compute_dtype, policy.variable_dtype) == (compute, variable)
    config = dtype_policies.serialize(policy)
    assert config["module"] == "keras.dtype_policies"
    assert dtype_policies.deserialize(config) == policy
    assert policy != dtype_policies.get("float32")


def test_block_size():
    assert dtype_policies.Int4DTypePolicy("int4/16").block_size == 16
    assert dtype_policies.get("int4/None_from_float32").name == "int4/-1_from_float32"


def test_history_length():
    policy = dtype_policies.QuantizedFloat8DTypePolicy("float8", "float32", amax_history_length=8)
    assert dtype_policies.deserialize(dtype_policies.serialize(policy)).amax_history_length == 8
    assert policy != dtype_policies.get("float8_from_float32")
    with pytest.raises(TypeError, match="amax_history_length"):
        dtype_policies.QuantizedFloat8DTypePolicy("float8", amax_history_length="8")


@pytest.mark.parametrize("name", ["int7_from_float32", "int8_abc", "int8_from_mixed_float16", "int4/0_from_float32",
                                  "int4/x_from_float32", "int8_from_float32_from_float32"])  # fmt: skip
def test_no_such_policy(name):
    with pytest.raises(ValueError, match="Policy"):
        dtype_policies.get(name)
