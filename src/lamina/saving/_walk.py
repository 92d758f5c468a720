"""Which parts a model's state has, and under which names Keras 3 files them."""

import functools
from collections.abc import Iterator
from typing import Any

from lamina.ops._symbolic import to_snake_case

_CONTAINERS = (list, dict, tuple, set)
_INNER = (list, dict, tuple)  # those that are followed inside others
_MOST_PLACES = 8  # at which one object is looked for


def is_saveable(value: Any) -> bool:
    """Whether it keeps variables of its own in files: layers, metrics, optimizers."""
    return (
        not isinstance(value, type)
        and hasattr(type(value), "save_own_variables")
        and hasattr(value, "load_own_variables")
    )


def parts(owner: Any) -> Iterator[tuple[str, Any]]:
    """The objects with state inside `owner`, with their places in the file, relative to that of `owner`.

    An attribute gives its name; the members of a list, dict, tuple or set get the name of their class, numbered, and
    lists, dicts and tuples inside them the name "container".
    """
    kind, known = _base_names(owner)
    if kind in ("Functional", "Sequential"):
        yield from _members("layers", owner.layers)
    for name in sorted(dir(owner), key=lambda n: f"~{n}" if n.startswith("_") else n):
        if name.startswith("__") or name in known:
            continue
        try:
            value = getattr(owner, name)
        except Exception:  # a property of the user's that cannot be read now holds no state to save
            continue
        if is_saveable(value):
            yield name, value
        elif isinstance(value, _CONTAINERS):
            yield from _members(name, value)


def _members(place: str, container: Any, above: tuple[int, ...] = ()) -> Iterator[tuple[str, Any]]:
    used: dict[str, int] = {}
    for value in container.values() if isinstance(container, dict) else container:
        if is_saveable(value):
            kind = to_snake_case(type(value).__name__)
        elif isinstance(value, _INNER):
            kind = "container"
        else:
            continue
        count = used.get(kind, 0)
        used[kind] = count + 1
        inner = f"{place}/{kind}" + (f"_{count}" if count else "")
        if is_saveable(value):
            yield inner, value
        elif id(value) not in above:
            yield from _members(inner, value, (*above, id(value)))


def _base_names(owner: Any) -> tuple[str, frozenset[str]]:
    """Which of the house's bases it is made of, and the attributes that every object of that base has."""
    for base in type(owner).__mro__:
        if base.__name__ in ("Functional", "Sequential", "Model", "Layer", "Metric", "Optimizer") and (
            base.__module__.startswith("lamina")
        ):
            return base.__name__, _names_of(base)
    return "", frozenset(dir(object))


@functools.cache
def _names_of(base: type) -> frozenset[str]:
    names = set(dir(base))
    if base.__name__ in ("Sequential", "Model", "Layer"):
        names |= set(dir(base(name="reference")))
    elif base.__name__ == "Functional":
        names |= set(_names_of(next(b for b in base.__mro__ if b.__name__ == "Model")))
        names |= {"_inputs_struct", "_outputs_struct", "_inputs", "_outputs", "_nodes", "_operations", "_node_ids"}
    names.discard("optimizer")
    if base.__name__ == "Model":
        names.discard("layers")  # layers that no public attribute before it holds are filed under this one
    return frozenset(names)


def walk(owner: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """`owner` and everything with state in it, each once, with its place in the file."""
    seen: set[int] = set()
    stack: list[tuple[str, Any]] = [(place, owner)]
    while stack:
        where, thing = stack.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        yield where, thing
        found = [(f"{where}/{name}" if where else name, part) for name, part in parts(thing)]
        stack.extend(reversed(found))


def places(owner: Any, part: Any) -> list[str]:
    """All places at which one comes upon `part`, that of `walk` first."""
    found: list[str] = []
    visits: dict[int, list[Any]] = {}

    def visit(place: str, thing: Any, above: tuple[int, ...]) -> None:
        visits.setdefault(id(thing), []).append(thing)
        if id(thing) in above or len(visits[id(thing)]) > _MOST_PLACES:
            return
        if thing is part:
            found.append(place)
        for name, inner in parts(thing):
            visit(f"{place}/{name}" if place else name, inner, (*above, id(thing)))

    visit("", owner, ())
    return found
