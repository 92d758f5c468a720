"""`Fields`: the texts of a column, side by side in memory."""

from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np

from lamina._lazy import lazy_module

pyarrow: Any = lazy_module("pyarrow")
compute: Any = lazy_module("pyarrow.compute")


class Fields(Sequence[str]):
    """Texts as pyarrow holds them, a sequence of str.

    Args: `array`, a pyarrow array of strings, none of them null.
    """

    def __init__(self, array: Any):
        self.array = array

    def __len__(self) -> int:
        return len(self.array)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: Any) -> Any:
        found = self.array[place]
        return found.to_pylist() if isinstance(place, slice) else found.as_py()

    def __iter__(self) -> Iterator[str]:
        return iter(self.tolist())

    def tolist(self) -> list[str]:
        """All of them."""
        return self.array.to_pylist()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.tolist(), dtype=dtype or str)

    def take(self, rows: np.ndarray) -> "Fields":
        """Those in these places."""
        return Fields(self.array.take(pyarrow.array(rows)))

    @staticmethod
    def joined(pieces: list["Fields"]) -> "Fields":
        """All of several columns, one after the other."""
        return Fields(pyarrow.concat_arrays([piece.array for piece in pieces]))

    def coded(self) -> tuple[list[str], np.ndarray]:
        """The different ones, in the order in which they come, and the place of each text among them."""
        found = self.array.dictionary_encode()
        return found.dictionary.to_pylist(), found.indices.to_numpy()

    def matching(self, pattern: str) -> np.ndarray:
        """Which of them a regular expression (of RE2) matches, bool."""
        return compute.match_substring_regex(self.array, pattern).to_numpy(zero_copy_only=False)

    def among(self, texts: list[str]) -> np.ndarray:
        """Which of them are among some texts, bool."""
        return compute.is_in(self.array, pyarrow.array(texts, pyarrow.string())).to_numpy(zero_copy_only=False)
