"""The arithmetic of single numbers: what `emit` rules of elementwise primitives are written in.

sigmoid: lambda f, x: f.divide(f.like(1, x), f.add(f.like(1, x), f.exp(f.negative(x))))
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import _math
from ._code import BOOL, Code, Value, in_register

_ORDERED = {"equal": "oeq", "not_equal": "une", "less": "olt", "less_equal": "ole", "greater": "ogt",
            "greater_equal": "oge"}  # fmt: skip
_INTEGERS = {"equal": "eq", "not_equal": "ne", "less": "lt", "less_equal": "le", "greater": "gt", "greater_equal": "ge"}


class Scalars(Code):
    """Code with the operations on numbers. Operands of one call have one dtype, as in primitives."""

    def like(self, number: Any, x: Value) -> Value:
        """A constant of the dtype of `x`."""
        return self.number(number, x.dtype)

    # --- arithmetic ---

    def _arithmetic(self, name: str, a: Value, b: Value, flags: str = "") -> Value:
        return self.define(
            f"{'f' if a.is_float else ''}{name} {flags}{a.type} {a.text}, {b.text}", a.dtype, lanes=a.lanes
        )

    def add(self, a: Value, b: Value) -> Value:
        return self.logical_or(a, b) if a.dtype == BOOL else self._arithmetic("add", a, b)

    def subtract(self, a: Value, b: Value) -> Value:
        return self._arithmetic("sub", a, b)

    def multiply(self, a: Value, b: Value) -> Value:
        return self.logical_and(a, b) if a.dtype == BOOL else self._arithmetic("mul", a, b)

    def divide(self, a: Value, b: Value) -> Value:
        return self._arithmetic("div", a, b)

    def remainder(self, a: Value, b: Value) -> Value:
        """Of integers, with the sign of `a`, as C has it."""
        return self._arithmetic("srem", a, b)

    def add_in_any_order(self, a: Value, b: Value) -> Value:
        """A step of a sum that LLVM may take in several parts at once."""
        return self._arithmetic("add", a, b, "reassoc " if a.is_float else "")

    def multiply_add(self, a: Value, b: Value, c: Value) -> Value:
        """a * b + c, rounded once where the processor can."""
        product = self._arithmetic("mul", a, b, "contract ")
        return self._arithmetic("add", product, c, "contract ")

    def negative(self, x: Value) -> Value:
        if x.is_float:
            return self.define(f"fneg {x.type} {x.text}", x.dtype)
        return self.subtract(self.like(0, x), x)

    def square(self, x: Value) -> Value:
        return self.multiply(x, x)

    def absolute(self, x: Value) -> Value:
        if x.is_float:
            return self.call("llvm.fabs", x.dtype, x)
        if x.dtype.kind != "i":
            return x
        return self.choose(self.compare("less", x, self.like(0, x)), self.negative(x), x)

    def sign(self, x: Value) -> Value:
        """-1, 0 or 1; NaN of NaN."""
        zero, one = self.like(0, x), self.like(1, x)
        positive = self.choose(self.compare("greater", x, zero), one, zero)
        if x.dtype.kind in "ub":
            return positive
        signed = self.choose(self.compare("less", x, zero), self.negative(one), positive)
        return self.choose(self.is_nan(x), x, signed) if x.is_float else signed

    def sqrt(self, x: Value) -> Value:
        return self.call("llvm.sqrt", x.dtype, x)

    def round(self, how: str, x: Value) -> Value:
        """how: floor, ceil, trunc or roundeven (to the nearest, halves to even)."""
        return self.call(f"llvm.{how}", x.dtype, x) if x.is_float else x

    def maximum(self, a: Value, b: Value) -> Value:
        """The larger; NaN where one is."""
        if a.is_float:
            return self.call("llvm.maximum", a.dtype, a, b)
        return self.logical_or(a, b) if a.dtype == BOOL else self.choose(self.compare("greater", a, b), a, b)

    def minimum(self, a: Value, b: Value) -> Value:
        """The smaller; NaN where one is."""
        if a.is_float:
            return self.call("llvm.minimum", a.dtype, a, b)
        return self.logical_and(a, b) if a.dtype == BOOL else self.choose(self.compare("less", a, b), a, b)

    # --- truth ---

    def compare(self, name: str, a: Value, b: Value) -> Value:
        if a.is_float:
            return self.define(f"fcmp {_ORDERED[name]} {a.type} {a.text}, {b.text}", BOOL)
        order = _INTEGERS[name]
        if order not in ("eq", "ne"):
            order = ("s" if a.dtype.kind == "i" else "u") + order
        return self.define(f"icmp {order} {a.type} {a.text}, {b.text}", BOOL)

    def choose(self, condition: Value, a: Value, b: Value) -> Value:
        return self.define(f"select i1 {condition.text}, {a.type} {a.text}, {b.type} {b.text}", a.dtype)

    def logical_and(self, a: Value, b: Value) -> Value:
        return self.define(f"and i1 {a.text}, {b.text}", BOOL)

    def logical_or(self, a: Value, b: Value) -> Value:
        return self.define(f"or i1 {a.text}, {b.text}", BOOL)

    def logical_xor(self, a: Value, b: Value) -> Value:
        return self.define(f"xor i1 {a.text}, {b.text}", BOOL)

    def logical_not(self, x: Value) -> Value:
        return self.define(f"xor i1 {x.text}, true", BOOL)

    def is_nan(self, x: Value) -> Value:
        if not x.is_float:
            return self.number(False, BOOL)
        return self.define(f"fcmp uno {x.type} {x.text}, {x.text}", BOOL)

    def is_infinite(self, x: Value) -> Value:
        return self.compare("equal", self.absolute(x), self.like(np.inf, x)) if x.is_float else self.number(False, BOOL)

    def is_finite(self, x: Value) -> Value:
        return self.compare("less", self.absolute(x), self.like(np.inf, x)) if x.is_float else self.number(True, BOOL)

    # --- other dtypes ---

    def cast(self, x: Value, dtype: Any) -> Value:
        """The number in another dtype, as NumPy's astype."""
        if (kind := in_register(dtype)) != dtype:
            return self.rounded(self.cast(x, kind), np.dtype(dtype))
        dtype = np.dtype(dtype)
        if dtype == x.dtype:
            return x
        if x.is_float and dtype.kind in "iu":
            return self._whole(x, dtype)
        if dtype == BOOL:
            return self.compare("not_equal", x, self.like(0, x))
        out = Value("", dtype).type
        return self.define(f"{_conversion(x.dtype, dtype)} {x.type} {x.text} to {out}", dtype)

    def _whole(self, x: Value, dtype: np.dtype) -> Value:
        """Towards zero; what is beyond the range, where C leaves the result open, becomes the nearest there is."""
        name = f"llvm.fpto{'s' if dtype.kind == 'i' else 'u'}i.sat.{Value('', dtype).type}"
        return self.call(name, dtype, x)

    def bits(self, x: Value) -> Value:
        """The bits of a float as an integer of its size."""
        whole = np.dtype(f"int{8 * x.dtype.itemsize}")
        return self.define(f"bitcast {x.type} {x.text} to {Value('', whole).type}", whole)

    def from_bits(self, x: Value) -> Value:
        kind = np.dtype(f"float{8 * x.dtype.itemsize}")
        return self.define(f"bitcast {x.type} {x.text} to {Value('', kind).type}", kind)

    # --- functions (see _math) ---

    def polynomial(self, x: Value, coefficients: Sequence[float]) -> Value:
        """Highest power first."""
        return _math.polynomial(self, x, coefficients)

    def exp(self, x: Value) -> Value:
        return _math.exp(self, x)

    def expm1(self, x: Value) -> Value:
        return _math.expm1(self, x)

    def log(self, x: Value) -> Value:
        return _math.log(self, x)

    def log1p(self, x: Value) -> Value:
        return _math.log1p(self, x)

    def tanh(self, x: Value) -> Value:
        return _math.tanh(self, x)

    def sigmoid(self, x: Value) -> Value:
        return _math.sigmoid(self, x)

    def erf(self, x: Value) -> Value:
        return _math.erf(self, x)

    def power(self, a: Value, b: Value) -> Value:
        """The C library's function."""
        return self.call("llvm.pow", a.dtype, a, b)

    def softplus(self, x: Value) -> Value:
        return _math.softplus(self, x)


def _conversion(old: np.dtype, new: np.dtype) -> str:
    """LLVM's name of the conversion."""
    if old.kind == "f" and new.kind == "f":
        return "fpext" if new.itemsize > old.itemsize else "fptrunc"
    if new.kind == "f":
        return "sitofp" if old.kind == "i" else "uitofp"
    if old == BOOL:
        return "zext"
    if new.itemsize == old.itemsize:
        return "bitcast"
    if new.itemsize < old.itemsize:
        return "trunc"
    return "sext" if old.kind == "i" else "zext"
