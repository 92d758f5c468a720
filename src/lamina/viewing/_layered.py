"""Where boxes stand: in rows by their distance from the start, ordered so that few arrows cross.

The plan of Sugiyama, Tagawa and Toda (1981, doi:10.1109/TSMC.1981.4308636): rows by the longest way, bends where an arrow passes
a row, order by the mean place of the neighbours, places that pull neighbours together without overlap.
"""

import itertools
from collections import defaultdict

SWEEPS = 8
Point = tuple[float, float]


def place(
    sizes: list[Point], arrows: list[tuple[int, int]], between: float = 24.0, rows_apart: float = 34.0
) -> tuple[list[Point], dict[tuple[int, int], list[Point]], Point]:
    """Where each box has its middle.

    Args:
        sizes: width and height of each box.
        arrows: pairs of boxes, without a circle.
        between: least distance of boxes in a row.
        rows_apart: distance of rows.
    Returns: the middles of the boxes; the points that each arrow passes; width and height of the whole.
    """
    row_of = _rows(len(sizes), arrows)
    widths = [width for width, _ in sizes]
    chains = {arrow: _chain(arrow, row_of, widths) for arrow in arrows}
    steps = [step for chain in chains.values() for step in itertools.pairwise(chain)]
    rows = _ordered(row_of, steps)
    xs = _across(rows, widths, steps, between)
    heights = [max((sizes[i][1] for i in row if i < len(sizes)), default=0.0) for row in rows]
    tops = [sum(heights[:i]) + rows_apart * i for i in range(len(rows))]
    ys = [tops[row] + heights[row] / 2 for row in row_of]

    def along(chain: list[int]) -> list[Point]:
        """From the lower edge of the first row to the upper edge of the last, straight through the rows between."""
        sides = [((xs[i], tops[row_of[i]]), (xs[i], tops[row_of[i]] + heights[row_of[i]])) for i in chain]
        return [point for side in sides for point in side][1:-1]

    bends = {arrow: along(chain) for arrow, chain in chains.items()}
    whole = (max((x + w / 2 for x, w in zip(xs, widths)), default=0.0), sum(heights) + rows_apart * (len(rows) - 1))
    return list(zip(xs, ys))[: len(sizes)], bends, whole


def _rows(count: int, arrows: list[tuple[int, int]]) -> list[int]:
    """The row of each box: one below the lowest of those before it."""
    after, missing = defaultdict(list), [0] * count
    for source, target in arrows:
        after[source].append(target)
        missing[target] += 1
    rows, ready = [0] * count, [i for i in range(count) if not missing[i]]
    while ready:
        source = ready.pop()
        for target in after[source]:
            rows[target] = max(rows[target], rows[source] + 1)
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    return rows


def _chain(arrow: tuple[int, int], row_of: list[int], widths: list[float]) -> list[int]:
    """The boxes and bends of an arrow; its bends are added to `row_of` and `widths`."""
    source, target = arrow
    chain = [source]
    for row in range(row_of[source] + 1, row_of[target]):
        chain.append(len(row_of))
        row_of.append(row)
        widths.append(2.0)
    return [*chain, target]


def _ordered(row_of: list[int], steps: list[tuple[int, int]]) -> list[list[int]]:
    """The rows, each in the order of the means of what lies above, then below, and so on."""
    rows: list[list[int]] = [[] for _ in range(max(row_of, default=-1) + 1)]
    for i, row in enumerate(row_of):
        rows[row].append(i)
    above, below = _neighbours(steps)
    place_of = {i: k for row in rows for k, i in enumerate(row)}
    for sweep in range(SWEEPS):
        near = above if sweep % 2 == 0 else below
        for row in rows if sweep % 2 == 0 else reversed(rows):
            means = {i: _mean([place_of[n] for n in near[i]], place_of[i]) for i in row}
            row.sort(key=means.__getitem__)
            place_of.update({i: k for k, i in enumerate(row)})
    return rows


def _neighbours(steps: list[tuple[int, int]]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    above, below = defaultdict(list), defaultdict(list)
    for source, target in steps:
        above[target].append(source)
        below[source].append(target)
    return above, below


def _mean(numbers: list[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise


def _across(rows: list[list[int]], widths: list[float], steps: list[tuple[int, int]], between: float) -> list[float]:
    """The x of each middle: each box is drawn to the mean of its neighbours, as far as those beside it let it."""
    xs = [0.0] * len(widths)
    for row in rows:
        _pack(row, [0.0] * len(row), widths, between, xs)
    above, below = _neighbours(steps)
    for sweep in range(2 * SWEEPS):
        near = above if sweep % 2 == 0 else below
        for row in rows if sweep % 2 == 0 else reversed(rows):
            _pack(row, [_mean([xs[n] for n in near[i]], xs[i]) for i in row], widths, between, xs)
    left = min((x - w / 2 for x, w in zip(xs, widths)), default=0.0)
    return [x - left for x in xs]


def _pack(row: list[int], wished: list[float], widths: list[float], between: float, xs: list[float]) -> None:
    """Puts a row as near to the wished places as its order allows: boxes that would overlap move as one."""
    groups: list[tuple[float, list[int]]] = []  # where the first of a group wants to be on average; its members
    for i, wish in zip(row, wished):
        start, members = wish, [i]
        while groups:
            before, earlier = groups[-1]
            offset = _length(earlier, widths, between) + _gap(earlier[-1], members[0], widths, between)
            if start - before >= offset:
                break
            groups.pop()
            share = len(earlier) / (len(earlier) + len(members))
            start, members = share * before + (1 - share) * (start - offset), [*earlier, *members]
        groups.append((start, members))
    for start, members in groups:
        x = start
        for k, i in enumerate(members):
            x += _gap(members[k - 1], i, widths, between) if k else 0.0
            xs[i] = x


def _gap(left: int, right: int, widths: list[float], between: float) -> float:
    return (widths[left] + widths[right]) / 2 + between


def _length(members: list[int], widths: list[float], between: float) -> float:
    return sum(_gap(a, b, widths, between) for a, b in itertools.pairwise(members))
