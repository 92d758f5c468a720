"""`@public` names an object for users: it sets `__module__` and enters the one table that loading and the docs read."""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from lamina._telling import telling, telling_method

T = TypeVar("T")

# Public path without the package name ("losses.MeanSquaredError") -> object.
PUBLIC: dict[str, Any] = {}
# Public path -> module that defines the object; scripts/make_face.py writes the lazy face from it.
HOME: dict[str, str] = {}


# Namespaces whose functions and classes tell what they were called with when an argument does not fit. Ops do it themselves.
_TELLING = frozenset((
    "activations", "callbacks", "constraints", "data", "distillation", "dtype_policies", "initializers", "layers", "losses",
    "metrics", "optimizers", "optimizers.schedules", "preprocessing.image", "preprocessing.sequence", "preprocessing.text",
    "quantizers", "random", "regularizers", "utils", "utils.bounding_boxes",
))  # fmt: skip
_ALSO = ("Variable", "Input")
_METHODS = ("__init__", "__call__", "update_state", "apply", "adapt", "set_weights", "assign")


def public(*paths: str) -> Callable[[T], T]:
    """Registers an object under its public paths, the first being the one that tracebacks and files show.

    Args:
        paths: dotted paths without the package name, such as `"losses.mean_squared_error"`, `"losses.mse"`.
    """

    def decorate(thing: T) -> T:
        thing = _telling(thing, paths)
        for path in paths:
            if path in PUBLIC:
                raise RuntimeError(f"public: {path!r} is already taken by {PUBLIC[path]!r}.")
            PUBLIC[path] = thing
            HOME[path] = thing.__module__
        namespace = paths[0].rpartition(".")[0]
        thing.__module__ = f"lamina.{namespace}" if namespace else "lamina"
        return thing

    return decorate


def _telling(thing: Any, paths: tuple[str, ...]) -> Any:
    if not any(path.rpartition(".")[0] in _TELLING or path in _ALSO for path in paths):
        return thing
    if inspect.isfunction(thing) and not hasattr(thing, "operation"):
        return telling(thing, paths[0].rpartition(".")[2])
    for cls in thing.__mro__ if isinstance(thing, type) else ():
        # The bases of layers and models look at whether a class has an __init__ of its own.
        if cls.__module__.startswith("lamina") and "_general_init" not in vars(cls):
            for name in _METHODS:
                method = vars(cls).get(name)
                if inspect.isfunction(method) and not hasattr(method, "is_telling"):
                    setattr(cls, name, telling_method(method))
    return thing
