"""What operations cost, before anything is measured: by the program alone, so that what depends on it is the same each time."""

from collections.abc import Callable, Iterable

from .._graph import Node

BYTES_A_SECOND, MULTIPLICATIONS_A_SECOND = 8e9, 40e9  # of an ordinary core
LARGE_SHARE = 0.1


def calls(nodes: Iterable[Node]) -> int:
    """About how many calls of NumPy the operations take."""
    return sum(n.primitive.cost.calls(*n.inputs) for n in nodes if n.primitive.view is None)


def multiplications(nodes: Iterable[Node]) -> int:
    """Of their products."""
    return sum(n.primitive.cost.multiplications(*n.inputs, **n.params) for n in nodes)


def seconds(nodes: Iterable[Node], multiplies: Callable[[Node], bool] = lambda _: True) -> float:
    """What the operations take on one core, calls not counted; the multiplications only of those that `multiplies` takes."""
    nodes = list(nodes)
    written = sum(v.nbytes for n in nodes for v in n.outputs if n.primitive.view is None)
    multiplied = multiplications(n for n in nodes if multiplies(n))
    return written / BYTES_A_SECOND + multiplied / MULTIPLICATIONS_A_SECOND


def with_most_products(nodes: Iterable[Node]) -> list[Node]:
    """Those that make a large share of all multiplications."""
    work = {n: n.primitive.cost.multiplications(*n.inputs, **n.params) for n in nodes}
    least = LARGE_SHARE * sum(work.values())
    return [n for n, m in work.items() if m > least]
