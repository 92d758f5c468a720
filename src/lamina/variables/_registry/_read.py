"""From descriptions back to objects. No code from a file is run."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import ops
from lamina._public import public
from lamina.ops._dtypes import numpy_dtype, standardize_dtype
from lamina.ops._op import FunctionOperation
from lamina.ops._symbolic import KerasTensor

from ._custom_objects import CustomObjectScope, custom_object
from ._find import find_class, find_function
from ._sharing import sharing_scope
from ._write import PLAIN

_VALUES = (bytes, slice, np.ndarray)


@public("utils.deserialize_keras_object", "saving.deserialize_keras_object")
def deserialize_keras_object(config: Any, custom_objects: Any = None, safe_mode: bool = True, **kwargs: Any) -> Any:
    """The object that `serialize_keras_object` described.

    Args:
        config: the description.
        custom_objects: dict[str, Any] from name to class or function of your own, for names that are not registered.
        safe_mode: accepted for Keras's sake; in either case no code from a file is run.
    Raises ValueError for an unknown class or function and for a lambda; TypeError for a class without `from_config`, and for
    a config that the class does not accept.
    Example:
        >>> config = utils.serialize_keras_object(layers.Dense(3))
        >>> utils.deserialize_keras_object(config).units
        3
    """
    module_objects = kwargs.pop("module_objects", None)
    kwargs.pop("printable_module_name", None)
    if kwargs:
        raise TypeError(f"deserialize_keras_object: unknown arguments {sorted(kwargs)}.")
    if isinstance(config, str) and module_objects is not None:
        found = custom_object((config,), custom_objects) or module_objects.get(config)
        return found() if isinstance(found, type) else found if found is not None else config
    if isinstance(config, (list, tuple)):
        return type(config)(deserialize_keras_object(c, custom_objects) for c in config)
    if isinstance(config, (*PLAIN, *_VALUES)) or config is Ellipsis or ops.is_tensor(config):
        return config  # a value already: those in the config of an object are decoded before it is made
    if not isinstance(config, dict):
        raise TypeError(f"deserialize_keras_object: expected a dict, list or plain value; got {config!r}.")
    if config.get("class_name") == "__tuple__" and "items" in config:
        return tuple(deserialize_keras_object(c, custom_objects) for c in config["items"])
    if "class_name" not in config or "config" not in config:
        return {key: deserialize_keras_object(value, custom_objects) for key, value in config.items()}
    class_name, inner = config["class_name"], config["config"]
    if isinstance(class_name, str) and class_name in _SPECIAL:
        return _read_special(class_name, inner, config, custom_objects)
    if class_name == "function":
        if not isinstance(inner, str):
            raise ValueError(f"deserialize_keras_object: a function must be given by name; got {inner!r}.")
        return find_function(inner, custom_objects)
    return _read_object(config, custom_objects)


def _read_keras_tensor(inner: dict[str, Any]) -> KerasTensor:
    tensor: Any = KerasTensor(inner["shape"], dtype=inner["dtype"])
    tensor._pre_serialization_keras_history = inner.get("keras_history")
    return tensor


def _read_lambda(inner: Any) -> Any:
    raise ValueError(
        "The config holds a lambda, which is code, and no code from a file is ever run (safe_mode=False does not "
        "change that). Define the function in your program, register it with "
        "@lamina.saving.register_keras_serializable(), and save the model again; or pass it by name in custom_objects."
    )


# Read from the inner config; dtypes go through standardize_dtype, so that they are names of dtypes and nothing else.
_SPECIAL: dict[str, Callable[[Any], Any]] = {
    "__keras_tensor__": _read_keras_tensor,
    "__tensor__": lambda c: ops.convert_to_tensor(c["value"], dtype=standardize_dtype(c["dtype"])),
    "__numpy__": lambda c: np.array(c["value"], dtype=_numpy_dtype(c["dtype"])),
    "__bytes__": lambda c: c["value"].encode("utf-8"),
    "__ellipsis__": lambda c: Ellipsis,
    "__slice__": lambda c: slice(*(deserialize_keras_object(c[key]) for key in ("start", "stop", "step"))),
    "__lambda__": _read_lambda,
}

_VALUE_CLASSES = ("__numpy__", "__tensor__", "__bytes__", "__slice__", "__ellipsis__")


def _with_values(config: Any) -> Any:
    """The config of an object with its arrays, bytes and slices decoded; objects in it are left to the class."""
    if isinstance(config, list):
        return [_with_values(part) for part in config]
    if not isinstance(config, dict):
        return config
    if config.get("class_name") in _VALUE_CLASSES and "config" in config:
        return deserialize_keras_object(config)
    return {key: _with_values(value) for key, value in config.items()}


def _numpy_dtype(name: Any) -> np.dtype:
    if isinstance(name, str) and name.startswith("str"):
        return np.dtype(str)
    return numpy_dtype(standardize_dtype(name))


def _read_special(class_name: str, inner: Any, config: dict[str, Any], custom_objects: Any) -> Any:
    if class_name == "__lambda__" and custom_objects and class_name in custom_objects:
        return custom_objects[class_name]
    try:
        return _SPECIAL[class_name](inner)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"deserialize_keras_object: malformed {class_name} entry {config!r}.") from error


def _read_object(config: dict[str, Any], custom_objects: Any) -> Any:
    shared_id = config.get("shared_object_id")
    sharing = sharing_scope()
    if shared_id is not None and sharing is not None and shared_id in sharing.objects:
        return sharing.objects[shared_id]
    cls = find_class(config, custom_objects)
    inner = config["config"] if config["config"] is not None else {}
    if not hasattr(cls, "from_config"):
        raise TypeError(
            f"{cls.__name__} has no from_config() class method, so it cannot be made from a config. Define it: "
            "`@classmethod def from_config(cls, config): return cls(**config)`."
        )
    if not isinstance(inner, dict):
        raise ValueError(f"{config['class_name']}: its config must be a dict; got {inner!r}.")
    if issubclass(cls, FunctionOperation):  # its config holds the arguments of a function as they are
        inner = deserialize_keras_object(inner, custom_objects)
    with CustomObjectScope(custom_objects):
        try:
            instance = cls.from_config(_with_values(dict(inner)))
        except TypeError as error:
            raise TypeError(f"{cls.__name__} could not be made from its config {inner!r}: {error}") from error
        build_config = config.get("build_config")
        if build_config and hasattr(instance, "build_from_config") and not getattr(instance, "built", False):
            instance.build_from_config(deserialize_keras_object(build_config))
        compile_config = config.get("compile_config")
        if compile_config and hasattr(instance, "compile_from_config"):
            instance.compile_from_config(compile_config)
    if shared_id is not None and sharing is not None:
        sharing.objects[shared_id] = instance
    return instance
