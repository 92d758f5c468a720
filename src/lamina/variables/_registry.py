"""From names to objects and back: the only way in which a file's names become classes or functions.

A name is looked up in the table of public names, among the registered custom objects and in the objects given by the
caller. Nothing that a file names is imported, and no code from a file is run.
"""

import difflib
import importlib
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import ops
from lamina._lazy import load_namespace
from lamina._names import NAMES
from lamina._public import PUBLIC, public
from lamina.ops._dtypes import numpy_dtype, standardize_dtype
from lamina.ops._symbolic import KerasTensor
from lamina.tree._core import is_namedtuple

# Namespaces whose classes and functions files may name. They load at first need; nothing else is loaded by name.
NAMESPACES = (
    "activations", "constraints", "initializers", "losses", "metrics", "optimizers", "regularizers", "layers", "models",
    "quantizers", "random", "distribution",
)  # fmt: skip
# Where a function named by a file may come from, in this order.
_FUNCTION_NAMESPACES = ("activations", "constraints", "initializers", "losses", "metrics", "optimizers", "regularizers")
# Functions of those namespaces that do no work of a model.
_NO_FUNCTION = frozenset(("get", "serialize", "deserialize"))
_PLAIN = (str, int, float, bool, type(None))
_VALUES = (bytes, slice, np.ndarray)

_custom: dict[str, Any] = {}
_custom_names: dict[Any, str] = {}
_resolvers: list[Callable[[str, str], Any]] = []


class _Local(threading.local):
    def __init__(self) -> None:
        self.objects: dict[str, Any] = {}
        self.sharing: ObjectSharingScope | None = None


_local = _Local()


@public("utils.get_custom_objects", "saving.get_custom_objects")
def get_custom_objects() -> dict[str, Any]:
    """The table of registered custom objects, by name; entries may be added and removed."""
    return _custom


@public("utils.register_keras_serializable", "saving.register_keras_serializable")
def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[Any], Any]:
    """Decorator that enters a class or function for saving and loading, as `"package>name"`.

    Args:
        package: the group that the name belongs to.
        name: name in files; by default that of the class or function.
    Raises ValueError for a class without `get_config`.
    """

    def decorate(thing: Any) -> Any:
        if isinstance(thing, type) and not hasattr(thing, "get_config"):
            raise ValueError(
                f"register_keras_serializable: the class {thing.__name__} has no get_config() method, so it cannot be "
                "saved. Define get_config() to return the arguments of __init__ as a dict."
            )
        registered = f"{package}>{name or thing.__name__}"
        _custom[registered] = thing
        _custom_names[thing] = registered
        return thing

    return decorate


@public("utils.get_registered_name", "saving.get_registered_name")
def get_registered_name(obj: Any) -> str:
    """The name under which a class or function is registered, else its own name."""
    return _custom_names.get(obj) or obj.__name__


@public("utils.get_registered_object", "saving.get_registered_object")
def get_registered_object(name: str, custom_objects: Any = None, module_objects: Any = None) -> Any:
    """The class or function of that name among the objects in scope, registered or given; None if there is none."""
    for table in (_local.objects, _custom, custom_objects, module_objects):
        if table and name in table:
            return table[name]
    return None


@public(
    "utils.CustomObjectScope",
    "saving.CustomObjectScope",
    "utils.custom_object_scope",
    "saving.custom_object_scope",
)
class CustomObjectScope:
    """Makes custom classes and functions known by name inside a `with` block.

    Args:
        custom_objects: dict from name to class or function.
    """

    def __init__(self, custom_objects: dict[str, Any] | None):
        self.custom_objects = custom_objects or {}
        self._outer: dict[str, Any] = {}

    def __enter__(self) -> "CustomObjectScope":
        self._outer = _local.objects
        _local.objects = {**self._outer, **self.custom_objects}
        return self

    def __exit__(self, *exc: Any) -> None:
        _local.objects = self._outer


class ObjectSharingScope:
    """While a model is written or read, an object used in several places stays one object."""

    def __init__(self) -> None:
        self.repeated: set[int] = set()  # the objects that are written with an id, by which reading knows them again
        self.objects: dict[int, Any] = {}
        self._written: dict[int, Any] = {}  # holds them, so that no id is used twice
        self._outer: ObjectSharingScope | None = None

    def __enter__(self) -> "ObjectSharingScope":
        self._outer = _local.sharing
        _local.sharing = self
        return self

    def __exit__(self, *exc: Any) -> None:
        _local.sharing = self._outer

    def record_written(self, obj: Any, config: dict[str, Any]) -> None:
        key = id(obj)
        if key in self.repeated:
            config["shared_object_id"] = key
        elif key in self._written:
            self.repeated.add(key)
        self._written[key] = obj


def serialize_shared(obj: Any) -> Any:
    """`serialize_keras_object`, where objects that occur in several places carry an id by which they stay one."""
    scope = ObjectSharingScope()
    with scope:
        config = serialize_keras_object(obj)
        # Configs are copied on their way up, so which objects occur again is known only at the end.
        return serialize_keras_object(obj) if scope.repeated else config


def add_resolver(resolver: Callable[[str, str], Any]) -> None:
    """Adds a place to look for classes that are not in the public table: `resolver(module, class_name)` or None."""
    _resolvers.append(resolver)


def find_public(namespace: str, name: str, what: str = "object") -> Any:
    """The public object `namespace.name`. Raises ValueError that lists the names if there is none."""
    found = _lookup(namespace, name)
    if found is None:
        names = set(NAMES.get(namespace, ())) - {"get", "serialize", "deserialize"}
        close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"Unknown {what} {name!r}.{hint} Known names: {', '.join(sorted(names))}.")
    return found


def _lookup(namespace: str, name: str) -> Any:
    if namespace.partition(".")[0] in (*NAMESPACES, "") and name in NAMES.get(namespace, ()):
        importlib.import_module(NAMES[namespace][name][0])
    return PUBLIC.get(f"{namespace}.{name}" if namespace else name)


def _public_class(module: str, class_name: str) -> Any:
    """The class that a file calls `module`, `class_name`, if it is a public one."""
    parts = module.split(".")
    if parts[0] not in ("keras", "lamina", "tf_keras", "tensorflow"):
        return None
    parts = [p for p in parts[1:] if p != "keras"]
    if parts[:1] == ["src"]:  # the private module of a public class: keep the namespace, forget the file
        known = [p for p in parts if p in NAMESPACES]
        namespaces = []
        for root in known[:1]:
            if root == "optimizers":
                namespaces.append("optimizers.schedules")
            namespaces.append(root)
        namespaces.append("")
    elif not parts or parts[0] in (*NAMESPACES, "dtype_policies", "mixed_precision"):
        namespaces = [".".join(parts)]
    else:  # a public class that is no part of a model, such as a callback
        namespaces = []
    if "" in namespaces:
        namespaces.append("models")
    for namespace in namespaces:
        found = _lookup(namespace, class_name)
        if isinstance(found, type):
            return found
    for namespace in namespaces:
        load_namespace(namespace)  # the modules that add resolvers are among them
    for resolver in _resolvers:
        found = resolver(module, class_name)
        if found is not None:
            return found
    return None


def _custom_object(names: tuple[Any, ...], custom_objects: Any) -> Any:
    for table in (custom_objects, _local.objects, _custom):
        for name in names:
            if table and isinstance(name, str) and name in table:
                return table[name]
    return None


def find_class(config: dict[str, Any], custom_objects: Any = None) -> type:
    """The class that a config names. Raises ValueError if it is neither public nor registered nor given."""
    class_name, registered, module = config["class_name"], config.get("registered_name"), config.get("module")
    if not isinstance(class_name, str):
        raise ValueError(f"A config must name its class by a string; got {class_name!r}.")
    found = _custom_object((registered, class_name), custom_objects)
    if found is None and isinstance(module, str):
        found = _public_class(module, class_name)
    if found is None and module is None:
        found = _public_class("keras.layers", class_name) or _public_class("keras", class_name)
    if not isinstance(found, type):
        raise ValueError(
            f"Unknown class {class_name!r} (module {module!r}, registered name {registered!r}). If it is a class of "
            "your own, import the module that defines it, decorated with "
            "@lamina.saving.register_keras_serializable(), or pass "
            f"custom_objects={{{class_name!r}: {class_name}}}. Nothing named by a file is imported for you."
        )
    return found


def find_function(name: str, custom_objects: Any = None, namespaces: tuple[str, ...] = _FUNCTION_NAMESPACES) -> Any:
    """The function that a config names. Raises ValueError if it is neither public nor registered nor given."""
    found = _custom_object((name,), custom_objects)
    for namespace in namespaces:
        if found is not None or name in _NO_FUNCTION:
            break
        found = _lookup(namespace, name)
    if not callable(found):
        raise ValueError(
            f"Unknown function {name!r}. If it is a function of your own, import the module that defines it, decorated "
            f"with @lamina.saving.register_keras_serializable(), or pass custom_objects={{{name!r}: {name}}}. Nothing "
            "named by a file is imported for you."
        )
    return found


@public("utils.serialize_keras_object", "saving.serialize_keras_object")
def serialize_keras_object(obj: Any) -> Any:
    """A description of `obj` in plain dicts, lists, strings and numbers, in Keras's file format.

    Objects are described by their class and `get_config()`, functions by name, arrays by value and dtype.
    Raises TypeError for an object without `get_config()`, ValueError for a lambda.
    """
    if isinstance(obj, _PLAIN):
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
        if _local.sharing is not None:
            _local.sharing.record_written(obj, result)
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
    if cls not in _custom_names:
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


@public("utils.deserialize_keras_object", "saving.deserialize_keras_object")
def deserialize_keras_object(config: Any, custom_objects: Any = None, safe_mode: bool = True, **kwargs: Any) -> Any:
    """The object that `serialize_keras_object` described.

    Args:
        config: the description.
        custom_objects: dict from name to class or function of your own, for names that are not registered.
        safe_mode: must a lambda be refused? In either case no code from a file is run.
    Raises ValueError for an unknown class or function, for a lambda, and for a config that the class does not accept.
    """
    module_objects = kwargs.pop("module_objects", None)
    kwargs.pop("printable_module_name", None)
    if kwargs:
        raise TypeError(f"deserialize_keras_object: unknown arguments {sorted(kwargs)}.")
    if isinstance(config, str) and module_objects is not None:
        found = _custom_object((config,), custom_objects) or module_objects.get(config)
        return found() if isinstance(found, type) else found if found is not None else config
    if isinstance(config, (list, tuple)):
        return type(config)(deserialize_keras_object(c, custom_objects, safe_mode) for c in config)
    if isinstance(config, (*_PLAIN, *_VALUES)) or config is Ellipsis or ops.is_tensor(config):
        return config  # a value already: those in the config of an object are decoded before it is made
    if not isinstance(config, dict):
        raise TypeError(f"deserialize_keras_object: expected a dict, list or plain value; got {config!r}.")
    if config.get("class_name") == "__tuple__" and "items" in config:
        return tuple(deserialize_keras_object(c, custom_objects, safe_mode) for c in config["items"])
    if "class_name" not in config or "config" not in config:
        return {key: deserialize_keras_object(value, custom_objects, safe_mode) for key, value in config.items()}
    class_name, inner = config["class_name"], config["config"]
    if isinstance(class_name, str) and class_name in _SPECIAL:
        return _read_special(class_name, inner, config, custom_objects, safe_mode)
    if class_name == "function":
        if not isinstance(inner, str):
            raise ValueError(f"deserialize_keras_object: a function must be given by name; got {inner!r}.")
        return find_function(inner, custom_objects)
    return _read_object(config, custom_objects, safe_mode)


def _read_keras_tensor(inner: dict[str, Any]) -> KerasTensor:
    tensor = KerasTensor(inner["shape"], dtype=inner["dtype"])
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


def _read_special(class_name: str, inner: Any, config: dict, custom_objects: Any, safe_mode: bool) -> Any:
    if class_name == "__lambda__" and custom_objects and class_name in custom_objects:
        return custom_objects[class_name]
    try:
        return _SPECIAL[class_name](inner)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"deserialize_keras_object: malformed {class_name} entry {config!r}.") from error


def _read_object(config: dict[str, Any], custom_objects: Any, safe_mode: bool) -> Any:
    shared_id = config.get("shared_object_id")
    sharing = _local.sharing
    if shared_id is not None and sharing is not None and shared_id in sharing.objects:
        return sharing.objects[shared_id]
    cls = find_class(config, custom_objects)
    inner = config["config"] if config["config"] is not None else {}
    if not hasattr(cls, "from_config"):
        raise ValueError(
            f"{cls.__name__} has no from_config() class method, so it cannot be made from a config. Define it: "
            "`@classmethod def from_config(cls, config): return cls(**config)`."
        )
    if not isinstance(inner, dict):
        raise ValueError(f"{config['class_name']}: its config must be a dict; got {inner!r}.")
    with CustomObjectScope(custom_objects), SafeModeScope(safe_mode):
        try:
            instance = cls.from_config(_with_values(dict(inner)))
        except TypeError as error:
            raise ValueError(f"{cls.__name__} could not be made from its config {inner!r}: {error}") from error
        build_config = config.get("build_config")
        if build_config and hasattr(instance, "build_from_config") and not getattr(instance, "built", False):
            instance.build_from_config(deserialize_keras_object(build_config))
        compile_config = config.get("compile_config")
        if compile_config and hasattr(instance, "compile_from_config"):
            instance.compile_from_config(compile_config)
    if shared_id is not None and sharing is not None:
        sharing.objects[shared_id] = instance
    return instance


class _SafeMode(threading.local):
    value: bool | None = None


_safe_mode = _SafeMode()


class SafeModeScope:
    """What `safe_mode` says while a file is read; layers that could run code ask `in_safe_mode()`."""

    def __init__(self, safe_mode: bool = True):
        self.safe_mode = safe_mode
        self._outer: bool | None = None

    def __enter__(self) -> "SafeModeScope":
        self._outer = _safe_mode.value
        _safe_mode.value = self.safe_mode
        return self

    def __exit__(self, *exc: Any) -> None:
        _safe_mode.value = self._outer


def in_safe_mode() -> bool | None:
    """The innermost `safe_mode`; None outside loading."""
    return _safe_mode.value
