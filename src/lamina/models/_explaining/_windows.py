"""The windows that a convolution slides over its input."""

from collections.abc import Sequence

import numpy as np


def windows_of(
    x: np.ndarray, kernel: Sequence[int], strides: Sequence[int], dilation: Sequence[int], padding: str
) -> tuple[np.ndarray, list[tuple[int, ...]], list[tuple[int, ...]]]:
    """The entries of each window, `(places, terms)`; the places of the output; and where in the input each window begins.

    Args:
        x: `(*spatial, channels)`.
        kernel, strides, dilation: for each spatial axis.
        padding: "valid", "same" or "causal"; beyond the edge are zeros, and windows may begin before it.
    """
    spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilation)]
    before, after = zip(*(_padding(n, s, step, padding) for n, s, step in zip(x.shape, spans, strides)))
    padded = np.pad(x, [*zip(before, after), (0, 0)])
    counts = [(n - span) // step + 1 for n, span, step in zip(padded.shape, spans, strides)]
    places = list(np.ndindex(*counts))
    starts = [tuple(int(p * s) for p, s in zip(place, strides)) for place in places]
    cuts = [tuple(slice(a, a + n, d) for a, n, d in zip(start, spans, dilation)) for start in starts]
    rows = np.stack([padded[cut].ravel() for cut in cuts])
    return rows, places, [tuple(a - b for a, b in zip(start, before)) for start in starts]


def _padding(size: int, span: int, step: int, padding: str) -> tuple[int, int]:
    if padding == "valid":
        return 0, 0
    if padding == "causal":
        return span - 1, 0
    needed = max((-(-size // step) - 1) * step + span - size, 0)
    return needed // 2, needed - needed // 2
