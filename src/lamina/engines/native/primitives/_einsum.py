"""Contractions in Einstein's notation."""

import math
import string
from typing import Any

import numpy as np

from .._cut import SUM, Cut, Known, Split
from .._dispatch import implements
from .._graph import Node, Spec
from .._operands import as_operands
from .._primitive import Cost, Primitive
from ._matmul import matmul


def _einsum(*arrays: np.ndarray, subscripts: str, out: np.ndarray | None = None) -> np.ndarray:
    return np.einsum(subscripts, *arrays, out=out, optimize=len(arrays) > 1)


def _einsum_shape(*arrays: Any, subscripts: str) -> Spec:
    inputs, output = subscripts.split("->")
    sizes: dict[str, int] = {}
    for labels, a in zip(inputs.split(","), arrays):
        for label, n in zip(labels, a.shape):
            if sizes.get(label, 1) != 1 and n not in (1, sizes[label]):
                raise ValueError(f"einsum {subscripts!r}: axis {label!r} has sizes {sizes[label]} and {n}.")
            sizes[label] = max(n, sizes.get(label, 0)) if label in sizes else n
    return Spec(tuple(sizes[label] for label in output), arrays[0].dtype)


def _einsum_multiplications(*arrays: Any, subscripts: str) -> int:
    terms = subscripts.split("->")[0].split(",")
    sizes = {label: n for term, a in zip(terms, arrays) for label, n in zip(term, a.shape)}
    return (len(terms) - 1) * math.prod(sizes.values())


def _cut_einsum(node: Node, known: Known, batch: int) -> Cut | None:
    inputs, output = node.params["subscripts"].split("->")
    terms = inputs.split(",")
    labels = {(term[k.axis], k.per) for term, k in zip(terms, known) if k is not None}
    if len(labels) != 1:
        return None
    label, per = labels.pop()
    if any(term.count(label) > 1 for term in terms):
        return None
    split = []
    for term, v in zip(terms, node.inputs):
        place = term.find(label)
        split.append(Split(place, per) if place >= 0 and v.shape[place] == batch * per else None)
    return Cut(split, [Split(output.index(label), per) if label in output else SUM])


def _einsum_vjp(g: Any, y: Any, *arrays: Any, needed: Any, subscripts: str) -> list[Any]:
    inputs, output = subscripts.split("->")
    labels = inputs.split(",")
    return [_einsum_gradient(i, g, arrays, labels, output) for i in range(len(arrays))]


def _einsum_gradient(i: int, g: Any, arrays: tuple[Any, ...], labels: list[str], output: str) -> Any:
    own = labels[i]
    others = [(labels[j], a) for j, a in enumerate(arrays) if j != i]
    known = set(output).union(*(set(name) for name, _ in others))
    unique = "".join(dict.fromkeys(own))
    operands, names = [g, *(a for _, a in others)], [output, *(name for name, _ in others)]
    missing = [label for label in unique if label not in known]
    if missing:  # summed away alone: the gradient is the same all along that axis
        operands.append(np.ones([arrays[i].shape[own.index(m)] for m in missing], g.dtype))
        names.append("".join(missing))
    result = einsum(*operands, subscripts=f"{','.join(names)}->{unique}")
    if unique != own:  # a repeated label reads a diagonal
        mask = np.ones(arrays[i].shape, g.dtype)
        for first in unique:
            places = [p for p, label in enumerate(own) if label == first]
            for p in places[1:]:
                n = arrays[i].shape[p]
                eye = np.eye(n, dtype=g.dtype)
                shape = [n if q in (places[0], p) else 1 for q in range(len(own))]
                mask = mask * np.reshape(eye, shape)
        shape = [arrays[i].shape[p] if own.index(label) == p else 1 for p, label in enumerate(own)]
        result = np.reshape(result, shape) * mask
    return result


einsum = Primitive(
    "einsum",
    forward=_einsum,
    shape=_einsum_shape,
    vjp=_einsum_vjp,
    cut=_cut_einsum,
    cost=Cost(multiplications=_einsum_multiplications),
)


@implements(np.einsum)
def _np_einsum(subscripts: str, *operands: Any, optimize: Any = True, **_: Any) -> Any:
    arrays = as_operands(*operands)
    explicit = _explicit(subscripts.replace(" ", ""), [len(a.shape) for a in arrays])
    result = _as_matmul(arrays[0], arrays[1], explicit) if len(arrays) == 2 else None
    return einsum(*arrays, subscripts=explicit) if result is None else result


def _as_matmul(a: Any, b: Any, subscripts: str) -> Any:
    """A contraction of two arrays as a product of matrices, which BLAS does; None where it is none."""
    (left, right), output = subscripts.split("->")[0].split(","), subscripts.split("->")[1]
    sizes = dict(zip(left, a.shape))
    if any(sizes.get(label, n) != n for label, n in zip(right, b.shape)):
        return None  # a length of 1 that broadcasts
    sizes.update(zip(right, b.shape))
    if len(set(left)) < len(left) or len(set(right)) < len(right) or len(set(output)) < len(output):
        return None
    both = [label for label in left if label in right]
    batch, inner = [c for c in both if c in output], [c for c in both if c not in output]
    rows, columns = [c for c in left if c not in both], [c for c in right if c not in both]
    if not inner or any(c not in output for c in (*rows, *columns)):
        return None

    def arranged(x: Any, labels: str, first: list[str], second: list[str]) -> Any:
        x = np.transpose(x, [labels.index(c) for c in (*batch, *first, *second)])
        shape = [math.prod(sizes[c] for c in group) for group in (first, second)]
        return np.reshape(x, [*(sizes[c] for c in batch), *shape])

    product = matmul(arranged(a, left, rows, inner), arranged(b, right, inner, columns))
    found = [*batch, *rows, *columns]
    return np.transpose(np.reshape(product, [sizes[c] for c in found]), [found.index(c) for c in output])


def _explicit(subscripts: str, ranks: list[int]) -> str:
    """The subscripts with an arrow, and with letters for every ellipsis."""
    inputs, arrow, output = subscripts.partition("->")
    terms = inputs.split(",")
    if len(terms) != len(ranks):
        raise ValueError(f"einsum: {subscripts!r} names {len(terms)} operands; got {len(ranks)}.")
    free = [c for c in string.ascii_letters if c not in subscripts]
    widest = max([r - len(term.replace("...", "")) for term, r in zip(terms, ranks) if "..." in term], default=0)
    dots = "".join(free[:widest])
    terms = [
        term.replace("...", dots[widest - (r - len(term.replace("...", ""))) :]) if "..." in term else term
        for term, r in zip(terms, ranks)
    ]
    for term, r in zip(terms, ranks):
        if len(term) != r:
            raise ValueError(f"einsum: {term!r} in {subscripts!r} names {len(term)} axes; the operand has {r}.")
    if arrow:
        output = output.replace("...", dots)
    else:
        joined = "".join(terms)
        output = dots + "".join(sorted(c for c in set(joined) if joined.count(c) == 1 and c not in dots))
    return f"{','.join(terms)}->{output}"
