import pytest

from lamina import quantizers
from lamina.dtype_policies import AWQDTypePolicy, GPTQDTypePolicy
from lamina.dtype_policies import get as get_policy
from lamina.quantizers._calibrated_config import config_of_policy


@pytest.mark.parametrize("kind", [quantizers.GPTQConfig, quantizers.AWQConfig])
def test_the_config_leaves_out_the_data(kind):
    config = kind(["text"], str.split, group_size=32, num_samples=3, quantization_layer_structure={"a": 1})
    saved = config.get_config()
    again = kind.from_config(saved)
    assert (again.dataset, again.tokenizer, again.quantization_layer_structure) == (None, None, None)
    assert again.get_config() == saved and again.group_size == 32 and again.num_samples == 3
    assert config.dtype_policy_string() == f"{config.mode}/4/32"


@pytest.mark.parametrize(
    "arguments",
    [{"weight_bits": 5}, {"num_samples": 0}, {"sequence_length": -1}, {"group_size": 0}, {"group_size": -2}],
)
@pytest.mark.parametrize("kind", [quantizers.GPTQConfig, quantizers.AWQConfig])
def test_wrong_arguments(kind, arguments):
    with pytest.raises(ValueError, match=next(iter(arguments))):
        kind(None, None, **arguments)


def test_wrong_arguments_of_one():
    with pytest.raises(ValueError, match="hessian_damping"):
        quantizers.GPTQConfig(None, None, hessian_damping=1.5)
    with pytest.raises(ValueError, match="num_grid_points"):
        quantizers.AWQConfig(None, None, num_grid_points=0)


def test_policies():
    policy = get_policy("gptq/3/64_from_mixed_bfloat16")
    assert isinstance(policy, GPTQDTypePolicy) and (policy.weight_bits, policy.group_size) == (3, 64)
    assert policy.compute_dtype == "bfloat16" and policy.quantization_mode == "gptq"
    assert GPTQDTypePolicy.from_config(policy.get_config()) == policy
    assert policy != GPTQDTypePolicy("gptq/4/64", "mixed_bfloat16")
    config = config_of_policy(policy)
    assert (config.mode, config.weight_bits, config.group_size) == ("gptq", 3, 64)
    assert config_of_policy(AWQDTypePolicy("awq/4/-1", "float32")).group_size == -1


@pytest.mark.parametrize("mode", ["gptq", "gptq/4", "gptq/four/1", "gptq/5/1", "gptq/4/0", "gptq/4/-2", "awq/4/1"])
def test_wrong_modes(mode):
    with pytest.raises(ValueError, match="gptq|weight_bits|group_size"):
        GPTQDTypePolicy(mode, "float32")
