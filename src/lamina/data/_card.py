"""What a notebook shows of a data set: how long it is, what an element is, and the first one."""

from typing import Any

import numpy as np

from lamina import ops, tree
from lamina._markup._html import element
from lamina._markup._notebook import card, facts

_VALUES = 6


def dataset_card(data: Any) -> str:
    """A card. The first element is read, as `element_spec` does where nothing else tells the shapes."""
    said = repr(data).strip("<>").removeprefix("Dataset of ")
    first = next(iter(data), None)
    if first is None:
        return card("Dataset", said=said)
    pairs = [
        ("element" + "".join(f"[{k!r}]" for k in path), _sample(leaf)) for path, leaf in tree.flatten_with_path(first)
    ]
    return card("Dataset", element("div", "The first element:", class_="soft"), facts(pairs), said=said)


class _Text(str):
    """Text whose repr is itself."""

    def __repr__(self) -> str:
        return str(self)


def _sample(leaf: Any) -> _Text:
    array = (
        leaf
        if isinstance(leaf, np.ndarray)
        else np.asarray(ops.convert_to_numpy(leaf) if ops.is_tensor(leaf) else leaf)
    )
    values = np.ravel(np.asarray(array))
    shown = ", ".join(f"{v:.4g}" if isinstance(v, (float, np.floating)) else repr(v.item()) for v in values[:_VALUES])
    return _Text(f"{tuple(array.shape)} {array.dtype}: {shown}{', …' if len(values) > _VALUES else ''}")
