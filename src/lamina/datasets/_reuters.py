"""The loader of Reuters newswires."""

from typing import Any

from lamina._public import public

from . import _words
from ._fetch import TF_KERAS, fetch
from ._npz import load_npz
from ._split import check_test_split, cut, mixed

ORIGIN = (f"{TF_KERAS}reuters.npz", "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916")
WORDS = (f"{TF_KERAS}reuters_word_index.json", "4d44cc38712099c9e383dc6e5f11a921")
TOPICS = (
    "cocoa", "grain", "veg-oil", "earn", "acq", "wheat", "copper", "housing", "money-supply", "coffee", "sugar", "trade",
    "reserves", "ship", "cotton", "carcass", "crude", "nat-gas", "cpi", "money-fx", "interest", "gnp", "meal-feed", "alum",
    "oilseed", "gold", "tin", "strategic-metal", "livestock", "retail", "ipi", "iron-steel", "rubber", "heat", "jobs",
    "lei", "bop", "zinc", "orange", "pet-chem", "dlr", "gas", "silver", "wpi", "hog", "lead",
)  # fmt: skip


@public("datasets.reuters.load_data")
def load_data(
    path: str = "reuters.npz", num_words: int | None = None, skip_top: int = 0, maxlen: int | None = None,
    test_split: float = 0.2, seed: int = 113, start_char: int | None = 1, oov_char: int | None = 2, index_from: int = 3,
) -> Any:  # fmt: skip
    """11,228 newswires of 46 topics, as numbers of words: (x_train, y_train), (x_test, y_test).

    Args:
        path: name of the file in `~/.keras/datasets`, or an absolute path.
        num_words, skip_top, maxlen, start_char, oov_char, index_from: as in `imdb.load_data`.
        test_split: fraction kept for testing.
        seed: fixes the order.
    Returns: x arrays of lists of ints; y `(newswires,)`, the topic, 0 to 45 (`get_label_names`).
    Raises OSError if it cannot be fetched; ValueError if what came is not the file, or no newswire is short enough.
    Reference: Lewis, Reuters-21578 text categorization test collection.
    """
    check_test_split(test_split, "reuters.load_data")
    file = load_npz(fetch(path, *ORIGIN))
    x, y = mixed(seed, file["x"], file["y"])
    texts, labels = _words.short(_words.shifted(x, start_char, index_from), y, maxlen, "reuters.load_data")
    limit = num_words or _words.most(texts)
    return cut(_words.as_objects(_words.known(texts, limit, skip_top, oov_char)), labels, test_split)


@public("datasets.reuters.get_word_index")
def get_word_index(path: str = "reuters_word_index.json") -> dict[str, int]:
    """The words with their ranks; in the newswires the word of rank r is `r + index_from`.

    Args:
        path: name of the file in `~/.keras/datasets`, or an absolute path (also of an old `.pkl`).
    """
    return _words.word_index(fetch(path, *WORDS))


@public("datasets.reuters.get_label_names")
def get_label_names() -> tuple[str, ...]:
    """The names of the topics; place i belongs to label i."""
    return TOPICS
