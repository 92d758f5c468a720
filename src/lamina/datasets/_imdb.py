"""The loader of IMDB's film reviews."""

from typing import Any

import numpy as np

from lamina._deprecation import warn_once
from lamina._public import public

from . import _words
from ._fetch import TF_KERAS, fetch
from ._npz import load_npz

ORIGIN = (f"{TF_KERAS}imdb.npz", "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f")
WORDS = (f"{TF_KERAS}imdb_word_index.json", "bfafd718b763782e994055a2d397834f")


@public("datasets.imdb.load_data")
def load_data(
    path: str = "imdb.npz", num_words: int | None = None, skip_top: int = 0, maxlen: int | None = None, seed: int = 113,
    start_char: int | None = 1, oov_char: int | None = 2, index_from: int = 3, **kwargs: Any,
) -> Any:  # fmt: skip
    """Film reviews, 25,000 to train on and as many to test, as numbers of words: (x_train, y_train), (x_test, y_test).

    Words are numbered by how often they occur; the word of rank r is `r + index_from`, 0 is left for padding.

    Args:
        path: name of the file in `~/.keras/datasets`, or an absolute path.
        num_words: words of this number and above become `oov_char`; None keeps all.
        skip_top: words below this number do too.
        maxlen: only reviews of fewer words are kept.
        seed: fixes the order.
        start_char: number that begins each review; None for none.
        oov_char: number for words that are not kept; None leaves them out.
        index_from: added to the rank of a word.
    Returns: x arrays of lists of ints; y `(reviews,)`, 1 for a good review.
    Raises OSError if it cannot be fetched; ValueError if what came is not the file, or no review is short enough.
    Reference: Maas et al., Learning word vectors for sentiment analysis, 2011.
    """
    if "nb_words" in kwargs:
        warn_once("imdb.nb_words", "imdb.load_data: nb_words= is Keras 1's name; write num_words=.")
        num_words = kwargs.pop("nb_words")
    if kwargs:
        raise TypeError(f"imdb.load_data: unexpected arguments {sorted(kwargs)}.")
    file = load_npz(fetch(path, *ORIGIN))
    rng = np.random.RandomState(seed)
    parts = []
    for name in ("train", "test"):
        order = np.arange(len(file[f"x_{name}"]))
        rng.shuffle(order)
        texts = _words.shifted(file[f"x_{name}"][order], start_char, index_from)
        parts.append(_words.short(texts, file[f"y_{name}"][order], maxlen, "imdb.load_data"))
    limit = num_words or max(_words.most(texts) for texts, _ in parts)
    train, test = (
        (_words.as_objects(_words.known(texts, limit, skip_top, oov_char)), labels) for texts, labels in parts
    )
    return train, test


@public("datasets.imdb.get_word_index")
def get_word_index(path: str = "imdb_word_index.json") -> dict[str, int]:
    """The words with their ranks; in the reviews the word of rank r is `r + index_from`.

    Args:
        path: name of the file in `~/.keras/datasets`, or an absolute path (also of an old `.pkl`).
    """
    return _words.word_index(fetch(path, *WORDS))
