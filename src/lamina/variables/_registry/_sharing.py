"""Objects that are used in several places and stay one object in files."""

import threading
from typing import Any


class _Local(threading.local):
    scope: "ObjectSharingScope | None" = None


_local = _Local()


class ObjectSharingScope:
    """While a model is written or read, an object used in several places stays one object."""

    def __init__(self) -> None:
        self.repeated: set[int] = set()  # the objects that are written with an id, by which reading knows them again
        self.objects: dict[int, Any] = {}
        self._written: dict[int, Any] = {}  # holds them, so that no id is used twice
        self._outer: ObjectSharingScope | None = None

    def __enter__(self) -> "ObjectSharingScope":
        self._outer = _local.scope
        _local.scope = self
        return self

    def __exit__(self, *exc: Any) -> None:
        _local.scope = self._outer

    def record_written(self, obj: Any, config: dict[str, Any]) -> None:
        key = id(obj)
        if key in self.repeated:
            config["shared_object_id"] = key
        elif key in self._written:
            self.repeated.add(key)
        self._written[key] = obj


def sharing_scope() -> ObjectSharingScope | None:
    """The innermost scope, if there is one."""
    return _local.scope
