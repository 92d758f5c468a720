"""Classes and functions of users, by the names under which files know them."""

import threading
from collections.abc import Callable
from typing import Any

from lamina._public import public

_custom: dict[str, Any] = {}
_custom_names: dict[Any, str] = {}


class _Local(threading.local):
    def __init__(self) -> None:
        self.objects: dict[str, Any] = {}


_local = _Local()


@public("utils.get_custom_objects", "saving.get_custom_objects")
def get_custom_objects() -> dict[str, Any]:
    """The table of registered custom objects, by name; entries may be added and removed.

    Example:
        >>> isinstance(utils.get_custom_objects(), dict)
        True
    """
    return _custom


@public("utils.register_keras_serializable", "saving.register_keras_serializable")
def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[Any], Any]:
    """Decorator that enters a class or function for saving and loading, as `"package>name"`.

    Args:
        package: the group that the name belongs to.
        name: name in files; by default that of the class or function.
    Raises ValueError for a class without `get_config`.
    Example:
        >>> @utils.register_keras_serializable("mine")
        ... def halve(x):
        ...     return x / 2
        >>> utils.get_registered_name(halve)
        'mine>halve'
        >>> utils.get_registered_object("mine>halve") is halve
        True
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
    """The name under which a class or function is registered, else its own name.

    Example:
        >>> utils.get_registered_name(layers.Dense)
        'Dense'
    """
    return _custom_names.get(obj) or obj.__name__


@public("utils.get_registered_object", "saving.get_registered_object")
def get_registered_object(name: str, custom_objects: Any = None, module_objects: Any = None) -> Any:
    """The class or function of that name among the objects in scope, registered or given; None if there is none.

    Example:
        >>> utils.get_registered_object("nothing") is None
        True
    """
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
        custom_objects: dict[str, Any] from name to class or function.
    Example:
        >>> def halve(x):
        ...     return x / 2
        >>> with utils.custom_object_scope({"halve": halve}):
        ...     activation = layers.Activation("halve")
        >>> activation([4.0])
        Tensor([2.], dtype=float32)
    """

    def __init__(self, custom_objects: dict[str, Any] | None):
        self.custom_objects: Any = custom_objects or {}
        self._outer: dict[str, Any] = {}

    def __enter__(self) -> "CustomObjectScope":
        self._outer = _local.objects
        _local.objects = {**self._outer, **self.custom_objects}
        return self

    def __exit__(self, *exc: Any) -> None:
        _local.objects = self._outer


def custom_object(names: tuple[Any, ...], custom_objects: Any) -> Any:
    """The first object of one of the names: given, in scope or registered; None if there is none."""
    for table in (custom_objects, _local.objects, _custom):
        for name in names:
            if table and isinstance(name, str) and name in table:
                return table[name]
    return None


def is_registered(cls: type) -> bool:
    """Whether a class has a name of its own in files."""
    return cls in _custom_names
