"""Dtype policies."""

import numpy as np
import pytest

from lamina import ops, variables
from lamina.variables import DTypePolicy, DTypePolicyMap, get_dtype_policy


@pytest.mark.parametrize(
    ("name", "compute", "variable"),
    [("float32", "float32", "float32"), ("float16", "float16", "float16"), ("mixed_float16", "float16", "float32"),
     ("mixed_bfloat16", "bfloat16", "float32"), ("int32", "int32", "int32")],
)  # fmt: skip
def test_dtypes(name, compute, variable):
    policy = DTypePolicy(name)
    assert (policy.name, policy.compute_dtype, policy.variable_dtype) == (name, compute, variable)
    assert DTypePolicy.from_config(policy.get_config()) == policy
    config = variables.serialize_dtype_policy(policy)
    assert (config["module"], config["class_name"]) == ("keras", "DTypePolicy")
    assert variables.deserialize_dtype_policy(config) == policy == get_dtype_policy(config) == get_dtype_policy(name)


def test_global_policy(monkeypatch):
    monkeypatch.setattr("lamina.variables._dtype_policy._global_policy", None)  # and back at the end
    assert variables.dtype_policy().name == "float32"
    variables.set_dtype_policy("mixed_bfloat16")
    assert DTypePolicy().compute_dtype == get_dtype_policy(None).compute_dtype == "bfloat16"


def test_convert_input():
    policy = DTypePolicy("mixed_float16")
    assert ops.dtype(policy.convert_input(np.zeros(2, "float32"), True, "float16")) == "float16"
    assert ops.dtype(policy.convert_input(np.zeros(2, "int32"), True, "float16")) == "int32"
    assert ops.dtype(policy.convert_input(np.zeros(2, "float32"), False, "float16")) == "float32"
    assert policy.convert_input("text", True, "float16") == "text"


class Wraps:
    """A user's own kind of array."""

    def __init__(self, values):
        self.values = np.array(values)

    def __array__(self, dtype=None, copy=None):
        return self.values if dtype is None else self.values.astype(dtype)


@pytest.mark.parametrize("dtype, autocast, got", [
    ("float32", True, "float16"), ("float32", False, "float32"), ("int32", True, "int32"), ("int32", False, "int32"),
])  # fmt: skip
def test_convert_input_of_foreign_arrays(dtype, autocast, got):
    policy = DTypePolicy("mixed_float16")
    for x in (Wraps(np.ones(2, dtype)), np.ones(2, dtype)):
        found = policy.convert_input(x, autocast, "float16")
        assert ops.is_tensor(found) and ops.dtype(found) == got


def test_policies_are_equal_by_kind_and_name():
    float32, other = DTypePolicy("float32"), DTypePolicy("float32")
    assert float32 == other and hash(float32) == hash(other)
    assert float32 != DTypePolicy("float16") and float32 != "float32"
    assert get_dtype_policy("int8_from_float32") != float32


def test_a_subclass_takes_no_unknown_arguments():
    with pytest.raises(TypeError):

        class Odd(DTypePolicy, unknown=3):
            pass


def test_map():
    policies = DTypePolicyMap("float32", {"encoder/.*": "mixed_float16", "head": "float64"})
    assert [policies[p].name for p in ("encoder/dense", "head", "other")] == ["mixed_float16", "float64", "float32"]
    assert DTypePolicyMap.from_config(policies.get_config()) == policies
    with pytest.raises(ValueError, match="already"):
        policies["head"] = "float16"
    policies[".*/dense"] = "float64"
    with pytest.raises(ValueError, match="several"):
        policies["encoder/dense"]


@pytest.mark.parametrize("bad", ["mixed_float8", "float", 3.5, object()])
def test_mistakes(bad):
    if bad == "float":
        assert get_dtype_policy(bad).compute_dtype == "float32"
        return
    with pytest.raises(ValueError, match="expected"):
        get_dtype_policy(bad)


def test_there_is_always_a_policy():
    with pytest.raises(ValueError, match="give a policy or its name"):
        variables.set_dtype_policy(None)
