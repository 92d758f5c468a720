"""`@public` names an object for users: it sets `__module__` and enters the one table that loading and the docs read."""

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

# Public path without the package name ("losses.MeanSquaredError") -> object.
PUBLIC: dict[str, Any] = {}
# Public path -> module that defines the object; scripts/make_face.py writes the lazy face from it.
HOME: dict[str, str] = {}


def public(*paths: str) -> Callable[[T], T]:
    """Registers an object under its public paths, the first being the one that tracebacks and files show.

    Args:
        paths: dotted paths without the package name, such as `"losses.mean_squared_error"`, `"losses.mse"`.
    """

    def decorate(thing: T) -> T:
        for path in paths:
            if path in PUBLIC:
                raise RuntimeError(f"public: {path!r} is already taken by {PUBLIC[path]!r}.")
            PUBLIC[path] = thing
            HOME[path] = thing.__module__
        namespace = paths[0].rpartition(".")[0]
        thing.__module__ = f"lamina.{namespace}" if namespace else "lamina"
        return thing

    return decorate
