"""Vocabularies, as LabelEncoder of ONNX's domain for machine learning."""

from typing import Any

from .._errors import ExportError, at
from ._rule import Rule


def _look_up(b: Any, call: Any, ins: list[str]) -> str:
    v = call.params["vocabulary"]
    if v.default is None:
        raise ExportError(
            f"{at(call.place)} has no index for what is not in its vocabulary, and an ONNX file cannot raise an error. "
            "Give it num_oov_indices=1."
        )
    kind = "keys_strings" if v.keys.dtype.kind == "U" else "keys_int64s"
    return b.node(
        "LabelEncoder", ins, domain="ai.onnx.ml", values_int64s=v.indices.tolist(), default_int64=v.default,
        **{kind: v.keys.tolist()},
    )  # fmt: skip


def _refused(b: Any, call: Any, ins: list[str]) -> str:
    raise ExportError(
        f"{at(call.place)} splits texts into words, for which ONNX has no nodes. Give the exported model the vectors that the "
        "layer makes, or use format='numpy'."
    )


STRINGS: dict[str, Rule] = {"look_up": _look_up, "words": _refused, "word_counts": _refused}
