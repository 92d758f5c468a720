from typing import Any

import numpy as np

from lamina._checks import check_one_of
from lamina._public import public

from ._lookup import Lookup


@public("layers.IntegerLookup")
class IntegerLookup(Lookup):
    """Integers to indices in a vocabulary (or back), which is given or learned by `adapt`.

    Args:
        max_tokens: largest size of the vocabulary, special tokens included; None for no limit.
        num_oov_indices: how many indices unknown integers share.
        mask_token: integer that gets index 0; None for none.
        oov_token: what unknown indices become with `invert`.
        vocabulary: list[Any] of integers, or the path of a text file with one a line.
        vocabulary_dtype: "int64".
        idf_weights: inverse document frequencies, for "tf_idf".
        invert: whether indices become the integers of the vocabulary.
        output_mode: "int", "one_hot", "multi_hot", "count" or "tf_idf".
        sparse: must be False.
        pad_to_max_tokens: whether vectors have length `max_tokens` even if the vocabulary is smaller.
        oov_method: "floormod" (remainder) or "farmhash", how several out-of-vocabulary indices are chosen from.
        salt: seed of the hash for "farmhash".

    Input: integers, `(...)`; output `(...)`, int64, or vectors.
    Example:
        >>> layers.IntegerLookup(vocabulary=[7, 9])([9, 8])
        Tensor([2, 0])
    """

    def __init__(
        self,
        max_tokens: Any = None,
        num_oov_indices: int = 1,
        mask_token: Any = None,
        oov_token: int = -1,
        vocabulary: Any = None,
        vocabulary_dtype: str = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        check_one_of(vocabulary_dtype, ("int64",), "vocabulary_dtype", "IntegerLookup")
        self.vocabulary_dtype = vocabulary_dtype
        super().__init__(
            max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode,
            pad_to_max_tokens, sparse, salt, name=name, oov_method=oov_method, **kwargs,
        )  # fmt: skip

    def _standardize(self, values: Any) -> np.ndarray:
        return np.asarray(values).astype(self.vocabulary_dtype)

    def _oov_number(self, token: Any) -> int:
        if self.oov_method == "floormod" and self.salt is None:
            return int(token) % self.num_oov_indices
        return super()._oov_number(str(token))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "vocabulary_dtype": self.vocabulary_dtype}
