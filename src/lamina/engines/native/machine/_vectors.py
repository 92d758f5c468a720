"""Vectors of numbers side by side, for what LLVM would not make of loops over single ones: many sums in registers."""

from functools import cache

import numpy as np

from lamina._blas import processor_flags

from ._code import Array, Value, type_of
from ._scalars import Scalars

BYTES = 64  # of a vector


class Vectors(Scalars):
    """Code with vectors. `add`, `multiply_add`, `variable`, `get` and `set` take them as they take numbers."""

    @staticmethod
    def lanes(dtype: np.dtype) -> int:
        """Numbers of a vector; 0 where the processor is not known to have registers for thirty of them."""
        return BYTES // dtype.itemsize if dtype.name in ("float32", "float64") and has_avx512() else 0

    def zeros(self, dtype: np.dtype, lanes: int) -> Value:
        return Value("zeroinitializer", dtype, lanes)

    def broadcast(self, x: Value, lanes: int) -> Value:
        """The number in every lane."""
        kind = type_of(x.dtype, lanes)
        one = self.define(f"insertelement {kind} poison, {x.type} {x.text}, i64 0", x.dtype, lanes=lanes)
        where = f"<{lanes} x i32> zeroinitializer"
        return self.define(f"shufflevector {kind} {one.text}, {kind} poison, {where}", x.dtype, lanes=lanes)

    def load_vector(self, array: Array, indices: tuple[Value, ...], lanes: int) -> Value:
        """The numbers from an element on, along the last axis, on which they must follow each other in memory."""
        place = f"ptr {self.address(array, indices)}, align {array.dtype.itemsize}"
        return self.define(f"load {type_of(array.dtype, lanes)}, {place}", array.dtype, lanes=lanes)

    def store_vector(self, value: Value, array: Array, indices: tuple[Value, ...]) -> None:
        self.write(f"store {value.type} {value.text}, ptr {self.address(array, indices)}, align {array.dtype.itemsize}")


@cache
def has_avx512() -> bool:
    return "avx512f" in processor_flags()
