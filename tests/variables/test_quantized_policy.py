"""Dtype policies of quantised layers."""

import pytest

from lamina import dtype_policies
from lamina.dtype_policies import GPTQDTypePolicy


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


@pytest.mark.parametrize("kind, bits", [("gptq", (2, 3, 4, 8)), ("awq", (4,))])
def test_bits_of_calibrated_weights(kind, bits):
    for n in range(1, 10):
        name = f"{kind}/{n}/-1_from_float32"
        if n in bits:
            assert dtype_policies.get(name).weight_bits == n
        else:
            with pytest.raises(ValueError, match="weight_bits must be one of"):
                dtype_policies.get(name)


@pytest.mark.parametrize("mode", ["gptq/4", "gptq/4/64/2", "gptq/four/64", "gptq/4/x", "awq/4/64"])
def test_modes_of_gptq_are_read_strictly(mode):
    with pytest.raises(ValueError, match="mode must be 'gptq/<weight_bits>/<group_size>'"):
        GPTQDTypePolicy(mode, "float32")
