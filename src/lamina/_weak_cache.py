"""`weakly_cached`: what is found out about functions of the user's, without keeping them alive."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

Found = TypeVar("Found")


def weakly_cached(find: Callable[[Any], Found]) -> Callable[[Any], Found]:
    """`find` of a function, found once for as long as that lives: a closure may hold a whole model.

    What `find` returns must not hold the function itself.
    """
    known: WeakKeyDictionary[Any, Found] = WeakKeyDictionary()

    @functools.wraps(find)
    def found_for(function: Any) -> Found:
        try:
            value = known.get(function)
        except TypeError:  # it takes no weak references
            return find(function)
        if value is None:
            value = known[function] = find(function)
        return value

    return found_for
