"""`Tokenizer`: a vocabulary learned from texts, and texts as sequences of numbers or rows of a matrix."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from lamina._checks import check_one_of
from lamina._deprecation import warn_once
from lamina._public import public

from ._words import PUNCTUATION, text_to_word_sequence

_MODES = ("binary", "count", "freq", "tfidf")


@public("preprocessing.text.Tokenizer")
class Tokenizer:
    """Numbers the words of texts by how often they occur, from 1 on; 0 is left for padding.

    Args:
        num_words: only the `num_words - 1` most frequent words are used; None for all.
        filters: characters that count as separators.
        lower: whether texts are put into lower case.
        split: the separator.
        char_level: whether characters take the place of words.
        oov_token: a word that stands for all unknown ones; None leaves them out.
        analyzer: a function from a text to its words, in place of filters, lower and split.

    Attributes: `word_counts`, `word_docs`, `word_index`, `index_word`, `index_docs`, `document_count`.

    Example:
        >>> tokenizer = Tokenizer()
        >>> tokenizer.fit_on_texts(["a rose is a rose"])
        >>> tokenizer.texts_to_sequences(["is a rose"])
        [[3, 1, 2]]
    """

    def __init__(
        self, num_words: int | None = None, filters: str = PUNCTUATION, lower: bool = True, split: str = " ",
        char_level: bool = False, oov_token: str | None = None, analyzer: Callable[..., Any] | None = None, **old: Any,
    ):  # fmt: skip
        if "nb_words" in old:
            warn_once("Tokenizer.nb_words", "Tokenizer: nb_words= is Keras 1's name; write num_words=.")
            num_words = old.pop("nb_words")
        self.document_count = int(old.pop("document_count", 0))
        if old:
            raise TypeError(f"Tokenizer: unexpected arguments {sorted(old)}.")
        self.num_words = num_words
        self.filters = filters
        self.lower = lower
        self.split = split
        self.char_level = char_level
        self.oov_token = oov_token
        self.analyzer = analyzer
        self.word_counts: dict[str, int] = {}
        self.word_docs: dict[str, int] = {}
        self.word_index: dict[str, int] = {}
        self.index_word: dict[int, str] = {}
        self.index_docs: dict[int, int] = {}

    def _words(self, text: Any) -> list[str]:
        if isinstance(text, (list, tuple)):
            return [w.lower() for w in text] if self.lower else list(text)
        if self.char_level:
            return list(text.lower() if self.lower else text)
        if self.analyzer is not None:
            return self.analyzer(text)
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    def fit_on_texts(self, texts: Iterable[Any]) -> None:
        """Learns the vocabulary: counts words and numbers them.

        Args:
            texts: strings, or lists of words.
        """
        if isinstance(texts, str):
            raise ValueError("Tokenizer.fit_on_texts: expected a list of texts; got one string. Write [text].")
        counts, docs = Counter(self.word_counts), Counter(self.word_docs)
        for text in texts:
            words = self._words(text)
            self.document_count += 1
            counts.update(words)
            docs.update(set(words))
        self.word_counts, self.word_docs = dict(counts), dict(docs)
        order = sorted(self.word_counts, key=self.word_counts.__getitem__, reverse=True)
        if self.oov_token is not None:
            order = [self.oov_token, *order]
        self.word_index = {word: i for i, word in enumerate(order, start=1)}
        self.index_word = {i: word for word, i in self.word_index.items()}
        self.index_docs = {self.word_index[word]: n for word, n in self.word_docs.items()}

    def fit_on_sequences(self, sequences: Iterable[Iterable[int]]) -> None:
        """Counts numbers in place of words; needed for `sequences_to_matrix` in mode "tfidf" without `fit_on_texts`."""
        docs = Counter(self.index_docs)
        for sequence in sequences:
            self.document_count += 1
            docs.update(set(sequence))
        self.index_docs = dict(docs)

    def texts_to_sequences(self, texts: Iterable[Any]) -> list[list[int]]:
        """Each text as the list of its words' numbers."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Iterable[Any]) -> Iterator[list[int]]:
        """As `texts_to_sequences`, one at a time."""
        unknown = self.word_index.get(self.oov_token) if self.oov_token is not None else None
        for text in texts:
            found = (self.word_index.get(word) for word in self._words(text))
            known = (i if i is not None and (self.num_words is None or i < self.num_words) else unknown for i in found)
            yield [i for i in known if i is not None]

    def sequences_to_texts(self, sequences: Iterable[Iterable[int]]) -> list[str]:
        """Each list of numbers as a text, words joined by spaces."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences: Iterable[Iterable[int]]) -> Iterator[str]:
        """As `sequences_to_texts`, one at a time."""
        for sequence in sequences:
            words = (
                self.index_word.get(int(i)) if self.num_words is None or i < self.num_words else None for i in sequence
            )
            yield " ".join(w for w in (self.oov_token if w is None else w for w in words) if w is not None)

    def texts_to_matrix(self, texts: Iterable[Any], mode: str = "binary") -> np.ndarray:
        """Each text as a row with an entry for every number: see `sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(self, sequences: Any, mode: str = "binary") -> np.ndarray:
        """Each list of numbers as a row.

        Args:
            sequences: lists of numbers.
            mode: "binary" (1 if it occurs), "count", "freq" (count / length) or
                "tfidf" ((1 + log count) * log(1 + documents / (1 + documents with it))).
        Returns: `(len(sequences), num_words or len(word_index) + 1)`, float64.
        Raises ValueError for an unknown mode, or before anything was learned.
        """
        check_one_of(mode, _MODES, "mode", "Tokenizer.sequences_to_matrix")
        if not self.num_words and not self.word_index:
            raise ValueError("Tokenizer: give num_words=, or learn a vocabulary with fit_on_texts() first.")
        if mode == "tfidf" and not self.document_count:
            raise ValueError("Tokenizer: mode 'tfidf' needs fit_on_texts() or fit_on_sequences() first.")
        width = self.num_words or len(self.word_index) + 1
        rows = np.zeros((len(sequences), width))
        for row, sequence in zip(rows, sequences):
            for i, count in Counter(i for i in sequence if i < width).items():
                row[i] = self._entry(mode, i, count, len(sequence))
        return rows

    def _entry(self, mode: str, i: int, count: int, length: int) -> float:
        if mode == "binary":
            return 1.0
        if mode == "count":
            return float(count)
        if mode == "freq":
            return count / length
        return (1 + np.log(count)) * np.log(1 + self.document_count / (1 + self.index_docs.get(i, 0)))

    def get_config(self) -> dict[str, Any]:
        """The arguments and the vocabulary, the tables as JSON texts."""
        if self.analyzer is not None:
            raise NotImplementedError("Tokenizer: an analyzer is a function, which a config cannot hold.")
        return {
            "num_words": self.num_words,
            "filters": self.filters,
            "lower": self.lower,
            "split": self.split,
            "char_level": self.char_level,
            "oov_token": self.oov_token,
            "document_count": self.document_count,
            "word_counts": json.dumps(self.word_counts),
            "word_docs": json.dumps(self.word_docs),
            "index_docs": json.dumps(self.index_docs),
            "index_word": json.dumps(self.index_word),
            "word_index": json.dumps(self.word_index),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Tokenizer":
        """The tokenizer that `get_config` describes."""
        config = dict(config)
        tables = {name: json.loads(config.pop(name)) for name in ("word_counts", "word_docs", "word_index")}
        numbered = {name: json.loads(config.pop(name)) for name in ("index_docs", "index_word")}
        tokenizer = cls(**config)
        for name, table in tables.items():
            setattr(tokenizer, name, table)
        for name, table in numbered.items():
            setattr(tokenizer, name, {int(i): value for i, value in table.items()})
        return tokenizer

    def to_json(self, **kwargs: Any) -> str:
        """A JSON text from which `tokenizer_from_json` makes the same tokenizer. `kwargs` go to `json.dumps`."""
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)


@public("preprocessing.text.tokenizer_from_json")
def tokenizer_from_json(json_string: str) -> Tokenizer:
    """The tokenizer that `Tokenizer.to_json` wrote, here or in Keras. Raises ValueError for anything else.

    Example:
        >>> tokenizer = preprocessing.text.Tokenizer()
        >>> tokenizer.fit_on_texts(["a rose is a rose"])
        >>> preprocessing.text.tokenizer_from_json(tokenizer.to_json()).word_index
        {'a': 1, 'rose': 2, 'is': 3}
    """
    try:
        return Tokenizer.from_config(json.loads(json_string)["config"])
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"tokenizer_from_json: not the JSON text of a Tokenizer ({error!r}).") from error
