from typing import Any

import numpy as np

from lamina._public import public

from ._host import as_text
from ._lookup import Lookup


@public("layers.StringLookup")
class StringLookup(Lookup):
    """Strings to indices in a vocabulary (or back), which is given or learned by `adapt`.

    Args:
        max_tokens: largest size of the vocabulary, special tokens included; None for no limit.
        num_oov_indices: how many indices unknown strings share.
        mask_token: string that gets index 0; None for none.
        oov_token: what unknown indices become with `invert`.
        vocabulary: list[Any] of strings, or the path of a text file with one a line.
        idf_weights: inverse document frequencies, for "tf_idf".
        invert: whether indices become strings.
        output_mode: "int", "one_hot", "multi_hot", "count" or "tf_idf".
        pad_to_max_tokens: whether vectors have length `max_tokens` even if the vocabulary is smaller.
        sparse: must be False.
        encoding: of strings given as bytes.
        salt: seed of the hash that chooses among several out-of-vocabulary indices.

    Input: arrays or lists of strings, `(...)`; output `(...)`, int64, or vectors.

    Example:
        >>> StringLookup(vocabulary=["a", "b"])(["b", "c"]).tolist()
        [2, 0]
    """

    def __init__(
        self,
        max_tokens: Any = None,
        num_oov_indices: int = 1,
        mask_token: Any = None,
        oov_token: str = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        salt: Any = None,
        **kwargs: Any,
    ):
        self.encoding = encoding
        super().__init__(
            max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode,
            pad_to_max_tokens, sparse, salt, name=name, **kwargs,
        )  # fmt: skip

    def _standardize(self, values: Any) -> np.ndarray:
        return as_text(np.asarray(values), self.encoding)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "encoding": self.encoding}
