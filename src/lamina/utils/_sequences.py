"""Sequences of different length as one array."""

from typing import Any

import numpy as np

from lamina._checks import check_one_of
from lamina._public import public


@public("utils.pad_sequences", "preprocessing.sequence.pad_sequences")
def pad_sequences(
    sequences: Any, maxlen: int | None = None, dtype: Any = "int32", padding: str = "pre", truncating: str = "pre",
    value: float | str | bytes = 0.0,
) -> np.ndarray:  # fmt: skip
    """Rows of equal length.

    Args:
        sequences: list[Any] of sequences, each `(steps, ...)`.
        maxlen: length of the rows, by default that of the longest sequence.
        dtype: dtype of the result.
        padding, truncating: "pre" or "post": which end is filled or cut.
        value: what fills: a number, or a text for a dtype of texts.
    Returns: `(len(sequences), maxlen, ...)`.
    Raises ValueError for something that is no list of sequences, or sequences of different inner shape.
    Example:
        >>> utils.pad_sequences([[1, 2, 3], [4]], maxlen=2)
        array([[2, 3],
               [0, 4]], dtype=int32)
    """
    check_one_of(padding, ("pre", "post"), "padding", "pad_sequences")
    check_one_of(truncating, ("pre", "post"), "truncating", "pad_sequences")
    if not hasattr(sequences, "__len__"):
        raise ValueError(f"pad_sequences: expected a list of sequences; got {sequences!r}.")
    for i, s in enumerate(sequences):
        if not hasattr(s, "__len__"):
            raise ValueError(f"pad_sequences: expected a list of sequences; entry {i} is {s!r}.")
    if maxlen is None:
        maxlen = max(map(len, sequences), default=0)
    inner = next((np.asarray(s).shape[1:] for s in sequences if len(s)), ())
    is_text = np.issubdtype(dtype, np.str_)
    if isinstance(value, str) and np.dtype(dtype) != np.dtype(object) and not is_text:
        raise ValueError(f"pad_sequences: value={value!r} does not fit dtype={dtype!r}; use dtype=object for text.")
    rows = np.full((len(sequences), maxlen, *inner), value, dtype=dtype)
    for i, s in enumerate(sequences):
        if not len(s):
            continue
        cut = np.asarray(s[-maxlen:] if truncating == "pre" and maxlen else s[:maxlen], dtype=dtype)
        if cut.shape[1:] != inner:
            raise ValueError(f"pad_sequences: entry {i} has inner shape {cut.shape[1:]}, the first has {inner}.")
        if padding == "post":
            rows[i, : len(cut)] = cut
        else:
            rows[i, maxlen - len(cut) :] = cut
    return rows
