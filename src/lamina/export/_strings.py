"""Layers that read strings or whole numbers by a vocabulary, as primitives that only exported programs have."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lamina import ops
from lamina.engines.native import Spec
from lamina.engines.native._cut import WHOLE
from lamina.engines.native._primitive import NO_GRADIENT, Primitive
from lamina.layers import IntegerLookup, StringLookup, TextVectorization

from ._errors import ExportError

INDEX = np.dtype("int64")


@dataclass(eq=False, frozen=True)
class Vocabulary:
    """`keys`, strings or int64, and the index of each; `default` for others, None where there is no index for them."""

    keys: np.ndarray
    indices: np.ndarray
    default: int | None


@dataclass(eq=False, frozen=True)
class Splitting:
    """How texts become tokens: `lower`, `strip` of ASCII punctuation, `split` ("whitespace" or "character"), `widths` of
    runs that are joined (None: single tokens), `length` of the result (None: all are counted)."""

    lower: bool
    strip: bool
    split: str
    widths: tuple[int, ...] | None
    length: int | None


def _not_here(*_: Any, **__: Any) -> Any:
    raise NotImplementedError("A primitive of exported programs, which nothing runs here.")


def _primitive(name: str, shape: Any) -> Primitive:
    return Primitive(name, forward=_not_here, shape=shape, vjp=NO_GRADIENT, cut=WHOLE)


# Each key its index, `(...)` -> int64 `(...)`.
look_up = _primitive("look_up", lambda x, vocabulary: Spec(x.shape, INDEX))
# Texts `(batch, 1)` to the indices of their tokens, int64 `(batch, length)`, filled up with the index of "".
words = _primitive("words", lambda x, vocabulary, splitting: Spec((x.shape[0], splitting.length), INDEX))
# Texts `(batch, 1)` to how often each index is among their tokens, float32 `(batch, depth)`.
word_counts = _primitive(
    "word_counts", lambda x, vocabulary, splitting, depth: Spec((x.shape[0], depth), np.dtype("float32"))
)  # fmt: skip


class HostCalls:
    """Calls of host layers on traced tensors; vocabularies are made once, so that every trace has the same."""

    def __init__(self) -> None:
        self.known: dict[int, Any] = {}

    def __call__(self, layer: Any, x: Any) -> Any:
        """What the layer gives for a traced `x`. Raises ExportError that names a layer of which no program knows."""
        if isinstance(layer, TextVectorization):
            return self._texts(layer, x)
        if isinstance(layer, (StringLookup, IntegerLookup)):
            return layer._encoded(look_up(x, vocabulary=self._vocabulary(layer)), layer._idf)
        raise ExportError(
            f"Layer {layer.name!r} ({type(layer).__name__}) works on the host, and no file can hold it. Do its work before "
            "the exported model is called."
        )

    def _vocabulary(self, layer: Any) -> Vocabulary:
        if id(layer) not in self.known:
            self.known[id(layer)] = vocabulary_of(layer)
        return self.known[id(layer)]

    def _texts(self, layer: TextVectorization, x: Any) -> Any:
        lookup = layer._lookup_layer
        vocabulary, how = self._vocabulary(lookup), self._splitting(layer)
        if layer.output_mode == "int":
            if how.length is None:
                raise ExportError(
                    f"Layer {layer.name!r}: the length of its output is that of the longest text of a batch, which no file "
                    "can hold. Give it an output_sequence_length."
                )
            return ops.cast(words(x, vocabulary=vocabulary, splitting=how), layer._int_dtype())
        counts = word_counts(x, vocabulary=vocabulary, splitting=how, depth=lookup._depth())
        if layer.output_mode == "multi_hot":
            counts = ops.minimum(counts, 1.0)
        elif layer.output_mode == "tf_idf":
            counts = counts * np.asarray(lookup._idf, "float32")
        return ops.cast(counts, lookup._vector_dtype())

    def _splitting(self, layer: TextVectorization) -> Splitting:
        if id(layer) not in self.known:
            said, split = layer.standardize, layer.split
            if callable(said) or callable(split) or split is None or layer.output_mode == "one_hot":
                raise ExportError(
                    f"Layer {layer.name!r}: texts that a function of yours standardises or splits, tokens that are split "
                    "already, and one-hot vectors of words cannot be exported."
                )
            said = said or ""
            self.known[id(layer)] = Splitting(
                "lower" in said, "strip_punctuation" in said, split, layer._widths, layer.output_sequence_length
            )
        return self.known[id(layer)]


def vocabulary_of(layer: Any) -> Vocabulary:
    """The vocabulary of a StringLookup or IntegerLookup. Raises ExportError if indices are hashed, or it goes backwards."""
    if layer.invert or layer.num_oov_indices > 1:
        raise ExportError(
            f"Layer {layer.name!r}: a lookup with invert=True or several out-of-vocabulary indices cannot be exported; "
            "num_oov_indices must be 0 or 1."
        )
    tokens, specials, as_ints = list(layer._tokens), len(layer._specials()), layer.output_mode == "int"
    indices = list(range(specials, specials + len(tokens)))
    default: int | None = specials - 1
    if layer.num_oov_indices == 0:
        default = None if as_ints else -1
    if layer.mask_token is not None:
        tokens, indices = [layer.mask_token, *tokens], [0 if as_ints else -1, *indices]
    return Vocabulary(layer._standardize(tokens), np.array(indices, INDEX), default)
