"""Dtype policies: in which dtype a layer keeps its weights and in which it computes."""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any, ClassVar

from lamina import _settings, ops
from lamina._public import public
from lamina.ops._convert import to_tensors
from lamina.ops._dtypes import standardize_dtype
from lamina.ops._symbolic import KerasTensor

from ._registry import deserialize_keras_object, serialize_keras_object

_MIXED = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}


def _is_float(dtype: Any) -> bool:
    return standardize_dtype(dtype) in _settings.FLOAT_TYPES


@public(
    "DTypePolicy", "dtype_policies.DTypePolicy", "mixed_precision.DTypePolicy", "mixed_precision.Policy",
    "FloatDTypePolicy", "dtype_policies.FloatDTypePolicy",
)  # fmt: skip
class DTypePolicy:
    """The dtype of weights (`variable_dtype`) and of calculation (`compute_dtype`).

    Args:
        name: a dtype, or "mixed_float16" or "mixed_bfloat16" (float32 weights, half-precision calculation); None means
            the global policy.
    Raises ValueError for any other name.
    Example:
        >>> policy = DTypePolicy("mixed_float16")
        >>> policy.compute_dtype, policy.variable_dtype
        ('float16', 'float32')
    """

    _by_mode: ClassVar[dict[str, type["DTypePolicy"]]] = {}  # the class of names such as "int8_from_float32"

    def __init_subclass__(cls, modes: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        DTypePolicy._by_mode.update(dict.fromkeys(modes, cls))

    def __init__(self, name: str | None = None):
        if name is None:
            name = dtype_policy().name
        if not isinstance(name, str):
            raise TypeError(f"DTypePolicy: name must be a string; got {name!r}.")
        self._name = name
        self._compute_dtype, self._variable_dtype = self._parse(name)
        self._quantization_mode: str | None = None

    @staticmethod
    def _parse(name: str) -> tuple[str, str]:
        if name in _MIXED:
            return _MIXED[name], "float32"
        try:
            dtype = standardize_dtype(name)
        except ValueError:
            raise ValueError(
                f"DTypePolicy: expected the name of a dtype (such as 'float32'), 'mixed_float16' or 'mixed_bfloat16'; "
                f"got {name!r}."
            ) from None
        return dtype, dtype

    @property
    def name(self) -> str:
        return self._name

    @property
    def compute_dtype(self) -> str:
        return self._compute_dtype

    @property
    def variable_dtype(self) -> str:
        return self._variable_dtype

    @property
    def quantization_mode(self) -> str | None:
        return self._quantization_mode

    def convert_input(self, x: Any, autocast: bool, dtype: str) -> Any:
        """`x` as a tensor, a float one cast to `dtype` if `autocast`."""
        x = to_tensors(x)
        if isinstance(x, KerasTensor) or ops.is_tensor(x):
            if autocast and _is_float(x.dtype) and x.dtype != dtype:
                return ops.cast(x, dtype)
            return x
        if hasattr(x, "__array__"):
            x = ops.convert_to_tensor(x)
            return ops.cast(x, dtype) if autocast and _is_float(x.dtype) else x
        return x

    def get_config(self) -> dict[str, Any]:
        return {"name": self._name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "DTypePolicy":
        return cls(**config)

    def __eq__(self, other: Any) -> bool:
        return type(other) is type(self) and other._name == self._name

    def __hash__(self) -> int:
        return hash((type(self), self._name))

    def __repr__(self) -> str:
        return f'<{type(self).__name__} "{self._name}">'


@public("dtype_policies.DTypePolicyMap")
class DTypePolicyMap(DTypePolicy, MutableMapping[str, Any]):
    """Policies by the path of a layer; a key is a path or a regular expression that matches the whole path.

    Args:
        default_policy: policy for paths that no key matches; None means the global policy.
        policy_map: dict[str, Any] from path to policy (or its name).
    Example:
        >>> policies = dtype_policies.DTypePolicyMap()
        >>> policies["model/head"] = DTypePolicy("float16")
        >>> policies["model/head"].name
        'float16'
    """

    def __init__(self, default_policy: Any = None, policy_map: dict[str, Any] | None = None):
        if isinstance(default_policy, DTypePolicyMap):
            raise ValueError("DTypePolicyMap: default_policy must be a single policy; got a DTypePolicyMap.")
        if policy_map is not None and not isinstance(policy_map, dict):
            raise TypeError(f"DTypePolicyMap: policy_map must be a dict; got {policy_map!r}.")
        self._default_policy_arg = default_policy
        self._default_policy = get(default_policy)
        self._policy_map: dict[str, DTypePolicy] = {}
        for key, policy in (policy_map or {}).items():
            self[key] = policy

    @property
    def default_policy(self) -> Any:
        return self._default_policy

    @property
    def name(self) -> str:
        return "map_" + self._default_policy.name

    @property
    def compute_dtype(self) -> str:
        return self._default_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        return self._default_policy.variable_dtype

    @property
    def quantization_mode(self) -> str | None:
        return self._default_policy.quantization_mode

    def __getitem__(self, key: str) -> DTypePolicy:
        if key in self._policy_map:
            return self._policy_map[key]
        matches = [pattern for pattern in self._policy_map if re.fullmatch(pattern, key)]
        if len(matches) > 1:
            raise ValueError(f"DTypePolicyMap: the path {key!r} is matched by several keys: {matches}.")
        return self._policy_map[matches[0]] if matches else self._default_policy

    def __setitem__(self, key: str, policy: Any) -> None:
        if key in self._policy_map:
            raise ValueError(f"DTypePolicyMap: {key!r} already has the policy {self._policy_map[key]!r}.")
        if isinstance(policy, DTypePolicyMap):
            raise ValueError(f"DTypePolicyMap: {key!r} must get a single policy; got a DTypePolicyMap.")
        self._policy_map[key] = get(policy)

    def __delitem__(self, key: str) -> None:
        if key not in self._policy_map:
            raise KeyError(f"DTypePolicyMap: no policy for {key!r}.")
        del self._policy_map[key]

    def __contains__(self, key: Any) -> bool:
        return key in self._policy_map

    def __len__(self) -> int:
        return len(self._policy_map)

    def __iter__(self) -> Iterator[str]:
        return iter(self._policy_map)

    def __eq__(self, other: Any) -> bool:
        return (
            isinstance(other, DTypePolicyMap)
            and other._default_policy == self._default_policy
            and other._policy_map == self._policy_map
        )

    def __hash__(self) -> int:
        return hash((DTypePolicyMap, self._default_policy, tuple(self._policy_map.items())))

    def __repr__(self) -> str:
        mapping = [(key, policy.name) for key, policy in self._policy_map.items()]
        return f"<DTypePolicyMap default_policy={self._default_policy.name!r} mapping={mapping}>"

    def get_config(self) -> dict[str, Any]:
        default = self._default_policy_arg
        return {
            "default_policy": serialize(default) if isinstance(default, DTypePolicy) else default,
            "policy_map": {key: self._serialized(policy) for key, policy in self._policy_map.items()},
        }

    def _serialized(self, policy: DTypePolicy) -> dict[str, Any]:
        """A policy's config; the dtypes are those of the global policy at loading, where there is no default of the map."""
        found = serialize(policy)
        if self._default_policy_arg is None:
            name = "name" if "name" in found["config"] else "source_name"
            found["config"] = {**found["config"], name: None}
        return found

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "DTypePolicyMap":
        policies = {key: get(policy) for key, policy in (config.get("policy_map") or {}).items()}
        default = config.get("default_policy")
        return cls(get(default) if isinstance(default, dict) else default, policies)


_global_policy: DTypePolicy | None = None


@public("config.dtype_policy", "mixed_precision.dtype_policy", "mixed_precision.global_policy")
def dtype_policy() -> DTypePolicy:
    """The policy of layers that are given none: the default float dtype unless `set_dtype_policy` changed it.

    Example:
        >>> config.dtype_policy().name
        'float32'
    """
    return _global_policy or DTypePolicy(_settings.floatx())


@public("config.set_dtype_policy", "mixed_precision.set_dtype_policy", "mixed_precision.set_global_policy")
def set_dtype_policy(policy: Any) -> None:
    """Sets the global policy.

    Args:
        policy: DTypePolicy or its name.
    Raises ValueError for None and for what is no policy.
    """
    global _global_policy
    if policy is None:
        raise ValueError(f"set_dtype_policy: give a policy or its name, such as {_settings.floatx()!r}; got None.")
    _global_policy = get(policy)


@public("dtype_policies.serialize")
def serialize(dtype_policy: DTypePolicy) -> dict[str, Any]:
    """The config from which `deserialize` makes the same policy.

    Example:
        >>> dtype_policies.serialize(DTypePolicy("float16"))["config"]
        {'name': 'float16'}
    """
    return serialize_keras_object(dtype_policy)


@public("dtype_policies.deserialize")
def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The policy that `serialize` gave the config of.

    Example:
        >>> dtype_policies.deserialize(dtype_policies.serialize(DTypePolicy("float16"))).name
        'float16'
    """
    return deserialize_keras_object(config, custom_objects=custom_objects)


@public("dtype_policies.get")
def get(identifier: Any) -> DTypePolicy:
    """A policy from a policy, a name, a config or None (the global policy).

    Raises ValueError for anything else.
    Example:
        >>> dtype_policies.get("mixed_float16").compute_dtype
        'float16'
    """
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        policy = deserialize(identifier)
        if not isinstance(policy, DTypePolicy):
            raise ValueError(f"dtype_policies.get: expected the config of a DTypePolicy; got {identifier!r}.")
        return policy
    if isinstance(identifier, str):
        return _from_name(identifier)
    try:
        return DTypePolicy(standardize_dtype(identifier))
    except ValueError:
        raise ValueError(
            f"dtype_policies.get: expected a DTypePolicy, a dtype or its name, a config or None; got {identifier!r}."
        ) from None


def _from_name(name: str) -> DTypePolicy:
    """The policy of a name, such as "float32", "int8_from_float32" or "int4/128_from_float32"."""
    mode, quantized, source = name.partition("_from_")
    kind, slash, _ = mode.partition("/")
    found: Any = DTypePolicy._by_mode.get(kind + slash) if quantized else None
    return DTypePolicy(name) if found is None else found(mode, source)
