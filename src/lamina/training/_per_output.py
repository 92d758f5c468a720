"""Arguments of `compile` and `fit` that may be given once, as a list, or as a dict by the names of the outputs."""

from collections.abc import Mapping
from typing import Any

from lamina import tree


def output_names(y_pred: Any, given: list[str] | None) -> list[str]:
    """A name for each output: those of the model, the keys of a dict, or output_1, output_2, ..."""
    count = len(tree.flatten(y_pred))
    if given and len(given) == count:
        return list(given)
    if isinstance(y_pred, Mapping) and len(y_pred) == count:
        return [str(key) for key in tree.flatten({k: k for k in y_pred})]
    return [f"output_{i + 1}" for i in range(count)]


def keys_of(y_pred: Any) -> list[Any] | None:
    """The keys of the outputs in flat order if they are a dict of tensors."""
    if isinstance(y_pred, Mapping) and all(not tree.is_nested(v) for v in y_pred.values()):
        return tree.flatten({k: k for k in y_pred})
    return None


def per_output(value: Any, names: list[str], keys: list[Any] | None, what: str, is_leaf: Any = None) -> list[Any]:
    """`value` as a list with an entry for each output.

    A single value goes to every output; a list goes by place, a dict by output name or key.
    Raises ValueError for a list of another length or an unknown name.
    """
    if isinstance(value, Mapping):
        known = [*names, *(keys or [])]
        unknown = [k for k in value if k not in known]
        if unknown:
            raise ValueError(f"{what}: unknown output {unknown[0]!r}; the outputs are {', '.join(map(repr, names))}.")
        by_key = keys or names
        return [value.get(name, value.get(key)) for name, key in zip(names, by_key)]
    if isinstance(value, (list, tuple)) and not (is_leaf and is_leaf(value)):
        flat = list(value)
        if len(flat) != len(names):
            raise ValueError(f"{what}: expected {len(names)} entries, one for each output ({names}); got {len(flat)}.")
        return flat
    return [value] * len(names)


def targets_of(y: Any, count: int, names: list[str], keys: list[Any] | None, what: str = "y") -> list[Any]:
    """The targets in the order of the outputs; None where there is none."""
    if y is None:
        return [None] * count
    if isinstance(y, Mapping):
        return per_output(y, names, keys, what)
    flat = tree.flatten(y)
    if len(flat) == 1 and count > 1:
        return flat * count
    if len(flat) != count:
        raise ValueError(f"{what}: the model has {count} outputs ({', '.join(names)}); got {len(flat)} arrays.")
    return flat
