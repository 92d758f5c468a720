"""Nested names: the path of a variable, such as `"encoder/dense/kernel"`, comes from the scopes it is made in."""

import threading
from typing import Any

from lamina._public import public


class _Local(threading.local):
    def __init__(self) -> None:
        self.stack: list[name_scope] = []


_local = _Local()


@public("name_scope")
class name_scope:
    """Prepends `name` to the paths of the variables made inside.

    Args:
        name: string without "/".
        caller: the object that opens the scope; opened again by the same caller, directly inside, it adds nothing.
        deduplicate: whether `caller` is heeded.
        override_parent: a path that replaces the one of the surrounding scopes.
    Example:
        >>> with lamina.name_scope("block"):
        ...     v = Variable(1.0, name="scale")
        >>> v.path
        'block/scale'
    """

    def __init__(self, name: str, caller: Any = None, deduplicate: bool = True, override_parent: str | None = None):
        if not isinstance(name, str) or "/" in name:
            raise ValueError(f"name_scope: name must be a string without '/'; got {name!r}.")
        self.name = name
        self.caller = caller
        self.deduplicate = deduplicate
        self.override_parent = override_parent
        self._entered: list[bool] = []

    def __enter__(self) -> "name_scope":
        stack = _local.stack
        same = (
            self.deduplicate
            and self.caller is not None
            and bool(stack)
            and stack[-1].caller is self.caller
            and stack[-1].name == self.name
        )
        self._entered.append(not same)
        if not same:
            stack.append(self)
        return self

    def __exit__(self, *exc: Any) -> None:
        if self._entered.pop():
            _local.stack.pop()


def current_path() -> str:
    """The names of the scopes at work, joined by "/"; empty outside any."""
    parts: list[str] = []
    for scope in _local.stack:
        if scope.override_parent is not None:
            parts = [scope.override_parent] if scope.override_parent else []
        parts.append(scope.name)
    return "/".join(parts)
