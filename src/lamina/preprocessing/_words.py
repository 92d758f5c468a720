"""A text as a list of words, and words as numbers by hashing."""

import hashlib
import zlib
from collections.abc import Callable
from typing import Any

from lamina._checks import check_positive_int
from lamina._public import public

PUNCTUATION = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


@public("preprocessing.text.text_to_word_sequence")
def text_to_word_sequence(
    input_text: str, filters: str = PUNCTUATION, lower: bool = True, split: str = " ", **old: Any
) -> list[str]:
    """The words of a text.

    Args:
        input_text: the text.
        filters: characters that count as separators; the apostrophe is not among them by default.
        lower: whether it is put into lower case.
        split: the separator.
    Returns: list[Any] of strings, none empty.
    Example:
        >>> preprocessing.text.text_to_word_sequence("A rose, is a rose!")
        ['a', 'rose', 'is', 'a', 'rose']
    """
    input_text = old.pop("text", input_text)
    if old:
        raise TypeError(f"text_to_word_sequence: unexpected arguments {sorted(old)}.")
    if lower:
        input_text = input_text.lower()
    input_text = input_text.translate({ord(c): split for c in filters})
    return [word for word in input_text.split(split) if word]


@public("preprocessing.text.one_hot")
def one_hot(
    input_text: str, n: int, filters: str = PUNCTUATION, lower: bool = True, split: str = " ", analyzer: Any = None
) -> list[int]:
    """The words of a text as numbers 1 ... n-1 by hashing; the name is historical. See `hashing_trick`.

    Example:
        >>> len(preprocessing.text.one_hot("a rose is a rose", n=10))
        5
    """
    return hashing_trick(input_text, n, None, filters, lower, split, analyzer)


@public("preprocessing.text.hashing_trick")
def hashing_trick(
    text: str, n: int, hash_function: Any = None, filters: str = PUNCTUATION, lower: bool = True, split: str = " ",
    analyzer: Callable[[str], list[str]] | None = None,
) -> list[int]:  # fmt: skip
    """The words of a text as numbers 1 ... n-1; two words may share a number.

    Args:
        text: the text.
        n: one more than the largest number.
        hash_function: "md5", a function from a word to an int, or None for CRC-32 (the same in every process, unlike
            Python's own hash).
        filters, lower, split: as in `text_to_word_sequence`.
        analyzer: a function from the text to its words, in place of those.
    Returns: list[Any] of ints.
    Example:
        >>> len(preprocessing.text.hashing_trick("a rose is a rose", n=10, hash_function="md5"))
        5
    """
    check_positive_int(n, "n", "hashing_trick")
    if n < 2:
        raise ValueError(f"hashing_trick: n must be at least 2, since numbers start at 1; got {n}.")
    if hash_function is None:
        hash_function = _crc
    elif hash_function == "md5":
        hash_function = _md5
    elif not callable(hash_function):
        raise ValueError(f"hashing_trick: hash_function must be 'md5', a function or None; got {hash_function!r}.")
    words = text_to_word_sequence(text, filters, lower, split) if analyzer is None else analyzer(text)
    return [hash_function(word) % (n - 1) + 1 for word in words]


def _crc(word: str) -> int:
    return zlib.crc32(word.encode())


def _md5(word: str) -> int:
    return int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest(), 16)
