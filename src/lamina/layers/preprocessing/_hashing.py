from typing import Any

import numpy as np

from lamina._checks import check_one_of, check_positive_int
from lamina._public import public
from lamina._typing import TensorLike

from .._base._unsupported import refuse
from ._fingerprint import fingerprint64, siphash24
from ._host import HostLayer


@public("layers.Hashing")
class Hashing(HostLayer):
    """Strings or integers as the number of a bin, found by a hash function; different values may share a bin.

    Args:
        num_bins: number of bins.
        mask_value: value that gets bin 0, which no other value then gets.
        salt: int or pair of ints that picks another hash function (SipHash in place of FarmHash).
        output_mode: "int", "one_hot", "multi_hot" or "count".
        sparse: must be False.

    Input `(batch, ...)` of strings or integers; output "int" of the same shape, int64, else floating with an axis of the bins.

    Example:
        >>> layers.Hashing(num_bins=3)(["a", "b", "a"]).shape
        (3,)
    """

    def __init__(
        self,
        num_bins: Any,
        mask_value: Any = None,
        salt: Any = None,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs: Any,
    ):
        if kwargs.get("dtype") is None:
            kwargs["dtype"] = "int64" if output_mode == "int" else None
        super().__init__(**kwargs)
        refuse(self, sparse=sparse)
        check_positive_int(num_bins, "num_bins", self._owner)
        check_one_of(output_mode, ("int", "one_hot", "multi_hot", "count"), "output_mode", self._owner)
        if output_mode == "int" and self.dtype_policy.name not in ("int32", "int64"):
            raise ValueError(
                f"{self._owner}: output_mode='int' needs the dtype 'int32' or 'int64'; got {kwargs['dtype']!r}."
            )
        whole = (
            salt is None
            or isinstance(salt, int)
            or (isinstance(salt, (list, tuple)) and len(salt) == 2 and all(isinstance(s, int) for s in salt))
        )
        if not whole:
            raise ValueError(f"{self._owner}: salt must be an int or a pair of ints; got {salt!r}.")
        self.num_bins = num_bins
        self.mask_value = mask_value
        self.salt: Any = None if salt is None else [salt, salt] if isinstance(salt, int) else list(salt)
        self.output_mode = output_mode
        self._build_at_init()

    def _depth(self) -> int:
        return self.num_bins

    def call(self, inputs: TensorLike) -> Any:
        values, places = np.unique(np.asarray(inputs), return_inverse=True)
        bins = np.array([self._bin(v) for v in values.tolist()], dtype="int64")
        return self._encoded(bins[places].reshape(np.shape(inputs)))

    def _bin(self, value: Any) -> int:
        if isinstance(value, bytes):
            value = value.decode("utf-8")
        if self.mask_value is not None and value == self.mask_value:
            return 0
        text = str(value).encode("utf-8")
        code = fingerprint64(text) if self.salt is None else siphash24(text, (self.salt[0], self.salt[1]))
        if self.mask_value is None:
            return code % self.num_bins
        return 1 + code % (self.num_bins - 1) if self.num_bins > 1 else 0

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_bins": self.num_bins,
            "salt": self.salt,
            "mask_value": self.mask_value,
            "output_mode": self.output_mode,
            "sparse": False,
        }
