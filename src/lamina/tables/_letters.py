"""Texts by hashed runs of letters: what words have in common, in any language, misspelt ones too."""

from collections import Counter
from typing import Any

import numpy as np

from lamina import layers, ops

RUN = 3  # letters
_BUCKETS = 257  # that the runs share; a prime, so that all letters of a run count
_LETTERS, _LENGTH = 1000, 160  # that are told apart; that are read of a text, at most
_FACTOR = 1009  # with so many letters no two runs of two are the same number; of three it stays below 2**31
_LONG = 0.95  # of the texts are read whole


def letters_of(texts: np.ndarray) -> tuple[list[str], int]:
    """The most frequent letters in small, and how many letters of a text are read; nothing if no text has a run."""
    small = [text.lower() for text in texts.tolist()]
    length = min(int(np.quantile([len(text) for text in small], _LONG)), _LENGTH)
    if length < RUN:
        return [], 0
    counts = Counter(letter for text in small for letter in text)
    found = sorted(counts, key=lambda letter: (-counts[letter], letter))
    return found[:_LETTERS], length


def hashed_runs(letters: list[str], length: int, raw: Any) -> Any:
    """Runs of three letters of texts `(rows, 1)`, counted in buckets: ln(1 + count) over its norm, `(rows, buckets)`.

    Reference: Weinberger et al., Feature Hashing for Large Scale Multitask Learning, 2009, arXiv:0902.2206.
    """
    places = layers.TextVectorization(
        vocabulary=letters, standardize="lower", split="character", output_sequence_length=length
    )(raw)
    first, second, third = (ops.cast(places[:, i : length - RUN + 1 + i], "int32") for i in range(RUN))
    # The remainder after two letters keeps the number within 32 bits.
    mixed = ops.mod(first * _FACTOR + second, _FACTOR * _BUCKETS) * 7 + third * 31
    bucket = ops.where(ops.greater(third, 0), ops.mod(mixed, _BUCKETS) + 1, ops.zeros_like(third))
    counts = layers.CategoryEncoding(_BUCKETS + 1, output_mode="count")(bucket)[:, 1:]
    size = ops.log(1.0 + counts)
    return size / ops.sqrt(1.0 + ops.sum(ops.square(size), axis=1, keepdims=True))
