import string
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Unpack

import numpy as np

from lamina._checks import check_one_of
from lamina._public import public
from lamina._typing import TensorLike
from lamina.ops._symbolic import KerasTensor
from lamina.variables import deserialize_keras_object, serialize_keras_object

from .._base._arguments import LayerArguments
from .._base._unsupported import refuse
from ._adapt import batches_of
from ._assets import KeepsAssets
from ._host import HostLayer, as_text
from ._string_lookup import StringLookup

_STANDARDIZE = ("lower_and_strip_punctuation", "lower", "strip_punctuation", None)
_SPLIT = ("whitespace", "character", None)
_MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


@public("layers.TextVectorization")
class TextVectorization(KeepsAssets, HostLayer):
    """Texts to indices of their words, or to vectors that tell which words (or how many) are in them.

    A text is standardised, split into tokens, the tokens joined to n-grams, and these looked up in a vocabulary, which is
    given or learned by `adapt`: most frequent first, index 0 for padding and 1 for unknown ones in mode "int".

    Args:
        max_tokens: largest size of the vocabulary, special tokens included; None for no limit.
        standardize: "lower_and_strip_punctuation", "lower", "strip_punctuation" (ASCII punctuation), None, or a function of
            an array of str that gives one of the same shape.
        split: "whitespace", "character", None (the last axis of the input holds tokens), or a function of an array of str
            that gives a list of tokens for each.
        ngrams: n, for all runs of 1 to n tokens joined by blanks, or a tuple of the lengths of runs; None for tokens alone.
        output_mode: "int", "multi_hot", "count" or "tf_idf".
        output_sequence_length: in mode "int", the length to cut or pad to; None for that of the longest text of the batch.
        pad_to_max_tokens: whether vectors have length `max_tokens` even if the vocabulary is smaller.
        vocabulary: list[Any] of tokens, or the path of a text file with one a line.
        idf_weights: inverse document frequencies, for "tf_idf" with a given vocabulary.
        sparse, ragged: must be False.
        encoding: of texts given as bytes.

    Input: texts `(batch,)` or `(batch, 1)` (with split=None tokens `(batch, n)`); output `(batch, length)`, int64, or vectors
    `(batch, vocabulary)`.

    Raises ValueError for other values, and when called before it has a vocabulary.

    Example:
        >>> texts = TextVectorization()
        >>> texts.adapt(["the cat sat", "the dog"])
        >>> texts.get_vocabulary()[:3], texts(["The dog!", "a cat"]).tolist()
        (['', '[UNK]', 'the'], [[2, 4], [1, 5]])
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: str | Callable[..., Any] | None = "lower_and_strip_punctuation",
        split: str | Callable[..., Any] | None = "whitespace",
        ngrams: int | Sequence[int] | None = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str = "utf-8",
        **kwargs: Unpack[LayerArguments],
    ):
        size_to_come = kwargs.pop("vocabulary_size", None)  # type: ignore[typeddict-item]
        super().__init__(**kwargs)
        refuse(self, sparse=sparse, ragged=ragged)
        if not callable(standardize):
            check_one_of(standardize, _STANDARDIZE, "standardize", self._owner)
        if not callable(split):
            check_one_of(split, _SPLIT, "split", self._owner)
        output_mode = {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(output_mode, output_mode)
        check_one_of(output_mode, _MODES, "output_mode", self._owner)
        if output_sequence_length is not None and (output_mode != "int" or not output_sequence_length > 0):
            raise ValueError(
                f"{self._owner}: output_sequence_length must be None or, with output_mode='int', a positive integer; got "
                f"{output_sequence_length!r} with {output_mode!r}."
            )
        self.max_tokens = max_tokens
        self.standardize: Any = standardize
        self.split: Any = split
        self.ngrams: Any = ngrams
        self._widths = _widths(ngrams, self._owner)
        self.output_mode = output_mode
        self.output_sequence_length = output_sequence_length
        self.encoding = encoding
        self._lookup_layer = StringLookup(
            max_tokens=max_tokens, vocabulary=vocabulary, idf_weights=idf_weights, mask_token="", output_mode=output_mode,
            pad_to_max_tokens=pad_to_max_tokens, encoding=encoding, vocabulary_size=size_to_come,
        )  # fmt: skip
        self._build_at_init()

    def adapt(self, data: TensorLike, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learns the vocabulary from texts: an array, a list, or an iterable of batches (`steps` of them).

        `batch_size` is of no consequence: the counts are the same.
        """
        self.reset_state()
        for batch in batches_of(data, steps):
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data: TensorLike) -> None:
        """Counts the tokens of a batch."""
        self._lookup_layer.update_state(self._tokens_of(data))

    def finalize_state(self) -> None:
        """Makes the vocabulary of the counts."""
        self._lookup_layer.finalize_state()

    def reset_state(self) -> None:
        """Forgets what `adapt` and `update_state` have seen."""
        self._lookup_layer.reset_state()

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """The tokens in the order of their indices."""
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def vocabulary_size(self) -> int:
        """The number of tokens, with those for padding and for unknown ones."""
        return self._lookup_layer.vocabulary_size()

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Takes a vocabulary (and, for "tf_idf", its weights) instead of learning one."""
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights)

    def call(self, inputs: TensorLike) -> Any:
        tokens = self._tokens_of(inputs)
        length = self.output_sequence_length
        if length is not None:
            missing = max(length - tokens.shape[-1], 0)
            tokens = np.pad(tokens, [(0, 0)] * (tokens.ndim - 1) + [(0, missing)], constant_values="")[..., :length]
        elif self.output_mode != "int" and not tokens.shape[-1]:
            tokens = np.zeros((*tokens.shape[:-1], 1), "U1")  # texts without a word have vectors of zeros
        return self._lookup_layer.call(tokens)

    def _tokens_of(self, inputs: TensorLike) -> np.ndarray:
        """The tokens of each text, `(batch, longest)`, filled up with ""."""
        texts = self._standardized(as_text(np.asarray(inputs), self.encoding))
        if self.split is None:
            tokens = texts if texts.ndim > 1 else texts[:, None]
            return tokens if self._widths is None else _padded([self._joined(row) for row in tokens.tolist()])
        if texts.ndim > 1 and texts.shape[-1] != 1:
            raise ValueError(
                f"{self._owner}: to be split, texts must have the shape (batch,) or (batch, 1); got {texts.shape}. "
                "With split=None the last axis holds tokens."
            )
        texts = texts[..., 0] if texts.ndim > 1 else texts
        return _padded([self._joined(row) for row in self._split(texts)])

    def _standardized(self, texts: np.ndarray) -> np.ndarray:
        if callable(self.standardize):
            return as_text(np.asarray(self.standardize(texts)), self.encoding)
        if self.standardize is None:
            return texts
        if "lower" in self.standardize:
            texts = np.char.lower(texts)
        if "strip_punctuation" in self.standardize:
            texts = np.char.translate(texts, _NO_PUNCTUATION)
        return texts

    def _split(self, texts: np.ndarray) -> Iterable[list[str]]:
        if callable(self.split):
            return [[str(token) for token in row] for row in self.split(texts)]
        return [text.split() if self.split == "whitespace" else list(text) for text in texts.tolist()]

    def _joined(self, tokens: list[str]) -> list[str]:
        if self._widths is None:
            return tokens
        return [" ".join(tokens[i : i + n]) for n in self._widths for i in range(len(tokens) - n + 1)]

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        if self.output_mode == "int":
            return (input_shape[0], self.output_sequence_length)
        return (input_shape[0], self._lookup_layer._depth())

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        dtype = "int64" if self.output_mode == "int" else self._lookup_layer._vector_dtype()
        return KerasTensor(self.compute_output_shape(tuple(inputs.shape)), dtype)

    # Files as Keras writes them hold the vocabulary at this layer and at the one that looks it up.
    def saved_assets(self) -> dict[str, bytes]:
        """The files to keep, by name."""
        return self._lookup_layer.saved_assets()

    def load_assets_from(self, assets: dict[str, bytes]) -> None:
        """Takes what `saved_assets` gave."""
        self._lookup_layer.load_assets_from(assets)

    def save_own_variables(self, store: Any) -> None:
        self._lookup_layer.save_own_variables(store)

    def load_own_variables(self, store: Any) -> None:
        self._lookup_layer.load_own_variables(store)

    def get_config(self) -> dict[str, Any]:
        lookup = self._lookup_layer.get_config()
        return {
            **super().get_config(),
            "max_tokens": self.max_tokens,
            "standardize": serialize_keras_object(self.standardize),
            "split": serialize_keras_object(self.split),
            "ngrams": self.ngrams,
            "output_mode": self.output_mode,
            "output_sequence_length": self.output_sequence_length,
            "pad_to_max_tokens": lookup["pad_to_max_tokens"],
            "sparse": False,
            "ragged": False,
            "vocabulary": lookup["vocabulary"],
            "idf_weights": lookup["idf_weights"],
            "encoding": self.encoding,
            "vocabulary_size": lookup["vocabulary_size"],
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "TextVectorization":
        config = dict(config)
        for name in ("standardize", "split"):
            if isinstance(config.get(name), dict):
                config[name] = deserialize_keras_object(config[name])
        if isinstance(config.get("ngrams"), list):
            config["ngrams"] = tuple(config["ngrams"])
        return cls(**config)


def _widths(ngrams: Any, owner: str) -> tuple[int, ...] | None:
    if ngrams is None:
        return None
    widths = tuple(range(1, ngrams + 1)) if isinstance(ngrams, int) else ngrams
    if not isinstance(widths, (tuple, list)) or not widths or not all(isinstance(n, int) and n > 0 for n in widths):
        raise ValueError(f"{owner}: ngrams must be None, a positive integer or a tuple of these; got {ngrams!r}.")
    return tuple(widths)


def _padded(rows: list[list[str]]) -> np.ndarray:
    longest = max(map(len, rows), default=0)
    if longest == 0:
        return np.zeros((len(rows), 0), dtype="U1")
    return np.array([row + [""] * (longest - len(row)) for row in rows], dtype=str)
