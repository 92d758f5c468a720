"""What the loaders of texts as numbers share: which words are kept, and in what form."""

import json
from typing import Any

import numpy as np

from ._pickle import read_pickle


def shifted(texts: Any, start_char: int | None, index_from: int) -> list[list[int]]:
    """Lists of words with `index_from` added to each, and `start_char` before them."""
    start = [] if start_char is None else [start_char]
    index_from = index_from or 0
    return [start + [word + index_from for word in text] for text in texts]


def short(texts: list[list[int]], labels: Any, maxlen: int | None, where: str) -> tuple[list[list[int]], np.ndarray]:
    """The texts of fewer than `maxlen` words. Raises ValueError if none is left."""
    if not maxlen:
        return texts, np.asarray(labels)
    kept = [i for i, text in enumerate(texts) if len(text) < maxlen]
    if not kept:
        raise ValueError(f"{where}: no text is shorter than maxlen={maxlen}; increase it.")
    return [texts[i] for i in kept], np.asarray(labels)[kept]


def known(texts: list[list[int]], num_words: int, skip_top: int, oov_char: int | None) -> list[list[int]]:
    """Texts in which words that are too rare, or among the `skip_top` most frequent, are `oov_char`, or left out."""
    if oov_char is None:
        return [[word for word in text if skip_top <= word < num_words] for text in texts]
    return [[word if skip_top <= word < num_words else oov_char for word in text] for text in texts]


def most(texts: list[list[int]]) -> int:
    """The largest number of a word."""
    return max(max(text, default=0) for text in texts)


def as_objects(texts: list[list[int]]) -> np.ndarray:
    """An array of lists, whatever their lengths."""
    found = np.empty(len(texts), dtype=object)
    for i, text in enumerate(texts):
        found[i] = text
    return found


def word_index(path: str) -> dict[str, int]:
    """The words of a vocabulary with their numbers, from a JSON file, or an old one of Python's (`.pkl`)."""

    with open(path, "rb") as file:
        content = file.read()
    try:
        found = json.loads(content)
    except ValueError:
        found = read_pickle(content, path)
    if not isinstance(found, dict):
        raise ValueError(f"{path} holds no words with their numbers.")
    return {key.decode("latin1") if isinstance(key, bytes) else str(key): int(n) for key, n in found.items()}
