"""From objects to descriptions in plain values, as files hold them."""

from typing import Any

import numpy as np

from lamina import ops
from lamina._public import PUBLIC, public
from lamina.ops._symbolic import KerasTensor
from lamina.tree._core import is_namedtuple

from ._custom_objects import get_registered_name, is_registered
from ._sharing import ObjectSharingScope, sharing_scope

PLAIN = (str, int, float, bool, type(None))


@public("utils.serialize_keras_object", "saving.serialize_keras_object")
def serialize_keras_object(obj: Any) -> Any:
    """A description of `obj` in plain dicts, lists, strings and numbers, in Keras's file format.

    Objects are described by their class and `get_config()`, functions by name, arrays by value and dtype.
    Raises TypeError for an object without `get_config()`, ValueError for a lambda.
    Example:
        >>> utils.serialize_keras_object(layers.Flatten(name="flat"))["class_name"]
        'Flatten'
    """
    if isinstance(obj, PLAIN):
        return obj
    if is_namedtuple(obj):
        return tuple(map(serialize_keras_object, obj))
    if isinstance(obj, (list, tuple)):
        return (
            type(obj)(map(serialize_keras_object, obj))
            if type(obj) in (list, tuple)
            else list(map(serialize_keras_object, obj))
        )
    if isinstance(obj, dict):
        return {key: serialize_keras_object(value) for key, value in obj.items()}
    special = _serialize_special(obj)
    if special is not None:
        return special
    return _serialize_object(obj)


def _serialize_special(obj: Any) -> Any:
    if isinstance(obj, bytes):
        return {"class_name": "__bytes__", "config": {"value": obj.decode("utf-8")}}
    if isinstance(obj, slice):
        parts = {key: serialize_keras_object(getattr(obj, key)) for key in ("start", "stop", "step")}
        return {"class_name": "__slice__", "config": parts}
    if obj is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(obj, KerasTensor):
        history = obj._keras_history
        if history is not None:
            history = [history.operation.name, history.node_index, history.tensor_index]
        return {
            "class_name": "__keras_tensor__",
            "config": {"shape": obj.shape, "dtype": obj.dtype, "keras_history": history},
        }
    if isinstance(obj, (np.generic, np.ndarray)) and obj.ndim == 0:
        return obj.item()
    if type(obj) is np.ndarray:
        return {"class_name": "__numpy__", "config": {"value": obj.tolist(), "dtype": obj.dtype.name}}
    if hasattr(obj, "__tensor__") or ops.is_tensor(obj):
        array = ops.convert_to_numpy(obj)
        return {"class_name": "__tensor__", "config": {"value": array.tolist(), "dtype": array.dtype.name}}
    if isinstance(obj, np.dtype):
        return obj.name
    return None


def _serialize_object(obj: Any) -> dict[str, Any]:
    cls = type(obj)
    if hasattr(obj, "get_config") and not isinstance(obj, type):
        config = obj.get_config()
        if not isinstance(config, dict):
            raise TypeError(f"{cls.__name__}.get_config() must return a dict; got {config!r}.")
        result = {**_class_names(cls), "config": serialize_keras_object(config)}
        result = {key: result[key] for key in ("module", "class_name", "config", "registered_name")}
        for key, method in (("build_config", "get_build_config"), ("compile_config", "get_compile_config")):
            extra = getattr(obj, method)() if hasattr(obj, method) else None
            if extra is not None:
                result[key] = serialize_keras_object(extra) if key == "build_config" else extra
        sharing = sharing_scope()
        if sharing is not None:
            sharing.record_written(obj, result)
        return result
    if hasattr(obj, "__name__"):
        if obj.__name__ == "<lambda>":
            raise ValueError(
                "A lambda cannot be saved: a file holds no code. Use a named function, decorated with "
                "@lamina.saving.register_keras_serializable()."
            )
        name = get_registered_name(obj)
        return {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}
    raise TypeError(
        f"Cannot save {obj!r} of class {cls.__name__}: it has no get_config() method that returns the arguments of its "
        "__init__ as a dict."
    )


def _class_names(cls: type) -> dict[str, Any]:
    """The names by which a file knows a class. Keras's own are called by their Keras module."""
    module, name = cls.__module__, cls.__name__
    if not is_registered(cls):
        namespace = module.removeprefix("lamina").removeprefix(".")
        public_name = _public_name(cls, namespace)
        if public_name is not None:
            return {"module": f"keras.{namespace}".rstrip("."), "class_name": public_name, "registered_name": None}
        keras_module = cls.__dict__.get("_keras_module")
        if keras_module is not None:
            return {"module": keras_module, "class_name": name, "registered_name": name}
    return {
        "module": None if module == "__main__" else module,
        "class_name": name,
        "registered_name": get_registered_name(cls),
    }


def _public_name(cls: type, namespace: str) -> str | None:
    """The name that users know a class by, as a rule its own; None if it is not public."""
    prefix = f"{namespace}." if namespace else ""
    if PUBLIC.get(prefix + cls.__name__) is cls:
        return cls.__name__
    if cls.__module__.partition(".")[0] != "lamina":
        return None
    return next((path.removeprefix(prefix) for path, thing in PUBLIC.items() if thing is cls), None)


def serialize_shared(obj: Any) -> Any:
    """`serialize_keras_object`, where objects that occur in several places carry an id by which they stay one."""
    scope = ObjectSharingScope()
    with scope:
        config = serialize_keras_object(obj)
        # Configs are copied on their way up, so which objects occur again is known only at the end.
        return serialize_keras_object(obj) if scope.repeated else config
