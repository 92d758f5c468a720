"""Sizes that are not known before a program runs: sums of products of the batch size and the lengths of its inputs."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

Symbols = tuple[str, ...]
Sizes = Mapping[str, int]


@dataclass(frozen=True)
class Dim:
    """A size: for each product of symbols how often it counts; the empty product is the constant.

    Dim(((("n",), 2), ((), 1))) is 2 n + 1.
    """

    terms: tuple[tuple[Symbols, int], ...]

    def at(self, sizes: Sizes) -> int:
        """The size where the symbols have these values."""
        return sum(times * math.prod(sizes[s] for s in symbols) for symbols, times in self.terms)

    def __str__(self) -> str:
        parts = [" * ".join(([str(k)] if k != 1 or not symbols else []) + list(symbols)) for symbols, k in self.terms]
        return " + ".join(parts).replace("+ -", "- ")


Size = int | Dim


def fit_size(values: Sequence[int], samples: Sequence[Sizes]) -> Size | None:
    """The size that has these values at these samples of the symbols; None if no sum of products has.

    The first 2^k samples of k symbols decide it, the others judge it.
    """
    if len(set(values)) == 1:
        return values[0]
    symbols = tuple(samples[0])
    products = [c for k in range(len(symbols) + 1) for c in itertools.combinations(symbols, k)]
    rows = [[Fraction(math.prod(s[x] for x in p)) for p in products] for s in samples[: len(products)]]
    times = _solve(rows, [Fraction(v) for v in values[: len(products)]])
    if any(t.denominator != 1 for t in times):
        return None
    found = [(p, int(t)) for p, t in zip(products, times) if t]
    dim = Dim(tuple(sorted(found, key=lambda term: -len(term[0]))))
    return dim if all(dim.at(s) == v for s, v in zip(samples, values)) else None


def _solve(rows: list[list[Fraction]], right: list[Fraction]) -> list[Fraction]:
    """The solution of a regular system, exactly (Gauss and Jordan)."""
    table = [[*row, value] for row, value in zip(rows, right)]
    for i in range(len(table)):
        pivot = next(k for k in range(i, len(table)) if table[k][i])
        table[i], table[pivot] = table[pivot], table[i]
        table[i] = [x / table[i][i] for x in table[i]]
        for k, row in enumerate(table):
            if k != i and row[i]:
                table[k] = [x - row[i] * y for x, y in zip(row, table[i])]
    return [row[-1] for row in table]


def sample_sizes(symbols: Sequence[str]) -> list[dict[str, int]]:
    """Where a function of the symbols is looked at: all corners of a box, and two points outside of it."""
    low, high = (dict(zip(symbols, range(start, start + 40, 6))) for start in (17, 43))
    corners = [dict(zip(symbols, c)) for c in itertools.product(*((low[s], high[s]) for s in symbols))]
    outside = [{s: high[s] + more + 2 * i for i, s in enumerate(symbols)} for more in (9, 20)]
    return [*corners, *outside] if symbols else [{}]
