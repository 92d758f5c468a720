"""Vocabularies, as LabelEncoder of ONNX's domain for machine learning, and texts, as StringSplit of opset 20."""

import string
from typing import Any

import numpy as np

from .._errors import ExportError, at
from ._rule import Rule

TEXT_OPSET = 20
_STRING = np.dtype("U")
# What str.split() takes for a blank; onnxruntime splits at blanks alone.
_SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def _look_up(b: Any, call: Any, ins: list[str]) -> str:
    return _indices(b, call, ins[0])


def _indices(b: Any, call: Any, x: str) -> str:
    v = call.params["vocabulary"]
    if v.default is None:
        raise ExportError(
            f"{at(call.place)} has no index for what is not in its vocabulary, and an ONNX file cannot raise an error. "
            "Give it num_oov_indices=1."
        )
    kind = "keys_strings" if v.keys.dtype.kind == "U" else "keys_int64s"
    return b.node(
        "LabelEncoder", [x], domain="ai.onnx.ml", values_int64s=v.indices.tolist(), default_int64=v.default,
        **{kind: v.keys.tolist()},
    )  # fmt: skip


def _words(b: Any, call: Any, ins: list[str]) -> str:
    """The tokens, filled up with "" and cut to the length."""
    length = call.params["splitting"].length
    tokens = _tokens(b, call, ins[0])
    rows = b.node("Slice", [b.node("Shape", [tokens]), b.ints([0]), b.ints([1])])
    shape = b.node("Concat", [rows, b.ints([length])], axis=0)
    nothing = b.node("Expand", [b.constant([""], object), shape])
    filled = b.node("Concat", [tokens, nothing], axis=1)
    return _indices(b, call, b.node("Slice", [filled, b.ints([0]), b.ints([length]), b.ints([1])]))


def _word_counts(b: Any, call: Any, ins: list[str]) -> str:
    """One-hot vectors of the tokens, added up; what has no index within the depth falls into a column that is left out."""
    depth = call.params["depth"]
    found = _indices(b, call, _tokens(b, call, ins[0]))
    outside = b.node("Or", [b.node("Less", [found, b.ints([0])]), b.node("GreaterOrEqual", [found, b.ints([depth])])])
    kept = b.node("Where", [outside, b.ints([depth]), found])
    vectors = b.node("OneHot", [kept, b.ints([depth + 1]), b.constant([0.0, 1.0], "float32")])
    counts = b.node("ReduceSum", [vectors, b.ints([1])], keepdims=0)
    return b.node("Slice", [counts, b.ints([0]), b.ints([depth]), b.ints([1])])


def _tokens(b: Any, call: Any, x: str) -> str:
    """The words of the texts `(batch, 1)`, `(batch, most)`, filled up with "". Raises ExportError for what else tokens may be."""
    how = call.params["splitting"]
    if how.split != "whitespace" or how.widths is not None:
        what = "runs of words (ngrams)" if how.split == "whitespace" else "characters"
        raise ExportError(
            f"{at(call.place)} splits texts into {what}, for which ONNX has no nodes. Give the exported model the vectors that "
            "the layer makes, or use format='numpy'."
        )
    b.root.opset = TEXT_OPSET
    texts = b.node("Reshape", [x, b.ints([-1])])
    if how.lower:
        texts = b.node("StringNormalizer", [texts], case_change_action="LOWER", locale="C.UTF-8")
    for sign in string.punctuation if how.strip else ():
        texts = _replaced(b, texts, sign, "")
    for sign in _SPACES:
        texts = _replaced(b, texts, sign, " ")
    return _split(b, texts)


def _split(b: Any, texts: str, **how: str) -> str:
    """The pieces of texts, filled up with ""; onnxruntime leaves there what was in the memory before."""
    pieces, counts = b.node("StringSplit", [texts], 2, **how)
    most = b.node("Gather", [b.node("Shape", [pieces]), b.constant(1, "int64")])
    places = b.node("Range", [b.constant(0, "int64"), most, b.constant(1, "int64")])
    is_piece = b.node("Less", [places, b.expand(counts, [1])])
    return b.node("Where", [is_piece, pieces, b.constant("", object)])


def _replaced(b: Any, texts: str, sign: str, by: str) -> str:
    """Texts with another string in the place of a character: the pieces between, put together again."""
    nothing = b.node("Expand", [b.constant([""], object), b.node("Shape", [texts])])
    # One piece more than there are, as nothing goes over none.
    pieces = b.node("Concat", [_split(b, texts, delimiter=sign), b.expand(nothing, [1])], axis=1)
    so_far, piece = b.root.unique("text"), b.root.unique("piece")
    inner = b.inside()
    joined = inner.node("StringConcat", [so_far, piece])
    if by:
        joined = inner.node("StringConcat", [joined, b.constant(by, object)])
    # onnxruntime's StringConcat appends to what its place holds, and the place of the state holds the text of before.
    joined = inner.node("Where", [b.constant(True), joined, b.constant("", object)])
    infos = [b.info(name, _STRING, [None]) for name in (so_far, piece)]
    graph = inner.graph("join", infos, [(joined, _STRING, 1)])
    return b.node("Scan", [nothing, pieces], body=graph, num_scan_inputs=1, scan_input_axes=[1])


STRINGS: dict[str, Rule] = {"look_up": _look_up, "words": _words, "word_counts": _word_counts}
