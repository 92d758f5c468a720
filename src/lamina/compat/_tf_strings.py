"""`tf.strings`: functions of text, on the host; text is an array of str."""

import csv
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina._checks import check_one_of
from lamina.data._elements import as_host_array, as_leaf
from lamina.data._spec import dtype_name

from ._tf_data import parsed_fields
from ._tf_files import text_of


def _each(function: Callable[[str], Any], text: Any) -> Any:
    """`function` of every string."""
    array = text_of(text)
    found = [function(v) for v in array.ravel().tolist()]
    return as_leaf(np.array(found, dtype=None if found else "U1").reshape(array.shape))


def lower(input: Any, encoding: str = "", name: Any = None) -> Any:
    """In lower case."""
    return _each(str.lower, input)


def upper(input: Any, encoding: str = "", name: Any = None) -> Any:
    """In upper case."""
    return _each(str.upper, input)


def strip(input: Any, name: Any = None) -> Any:
    """Without white space at both ends."""
    return _each(str.strip, input)


def regex_replace(input: Any, pattern: str, rewrite: str, replace_global: bool = True, name: Any = None) -> Any:
    """With `rewrite` where the pattern fits."""
    compiled = re.compile(str(text_of(pattern)))
    return _each(lambda v: compiled.sub(str(text_of(rewrite)), v, count=0 if replace_global else 1), input)


def regex_full_match(input: Any, pattern: str, name: Any = None) -> Any:
    """Whether the pattern fits the whole string."""
    compiled = re.compile(str(text_of(pattern)))
    return _each(lambda v: compiled.fullmatch(v) is not None, input)


def length(input: Any, unit: str = "BYTE", name: Any = None) -> Any:
    """How many bytes, or characters with `unit="UTF8_CHAR"`."""
    check_one_of(unit, ("BYTE", "UTF8_CHAR"), "unit", "tf.strings.length")
    return _each(lambda v: np.int32(len(v.encode() if unit == "BYTE" else v)), input)


def substr(input: Any, pos: int, len: int, unit: str = "BYTE", name: Any = None) -> Any:
    """The part from `pos` on, `len` bytes, or characters with `unit="UTF8_CHAR"`."""
    check_one_of(unit, ("BYTE", "UTF8_CHAR"), "unit", "tf.strings.substr")
    start, count = int(pos), int(len)

    def part(value: str) -> str:
        whole: Any = value.encode() if unit == "BYTE" else value
        begin = max(start + whole.__len__(), 0) if start < 0 else start
        cut = whole[begin : begin + count]
        return cut.decode(errors="replace") if isinstance(cut, bytes) else cut

    return _each(part, input)


def split(input: Any, sep: Any = None, maxsplit: int = -1, name: Any = None) -> Any:
    """The words of a string, or of several if all have as many."""
    separator = None if sep is None or not str(text_of(sep)) else str(text_of(sep))
    return _parts(lambda v: v.split(separator, maxsplit), input, "tf.strings.split")


def unicode_split(input: Any, input_encoding: str = "UTF-8", *args: Any, **kwargs: Any) -> Any:
    """The characters of a string, or of several if all have as many."""
    return _parts(list, input, "tf.strings.unicode_split")


def unicode_decode(input: Any, input_encoding: str = "UTF-8", *args: Any, **kwargs: Any) -> Any:
    """The code points of a string, or of several if all have as many."""
    return _parts(lambda v: [np.int32(ord(c)) for c in v], input, "tf.strings.unicode_decode")


def _parts(function: Callable[[str], list[Any]], text: Any, where: str) -> Any:
    array = text_of(text)
    rows = [function(v) for v in array.ravel().tolist()]
    sizes = {len(row) for row in rows}
    if len(sizes) > 1:
        raise NotImplementedError(
            f"{where}: the strings have {sorted(sizes)} parts, and there are no ragged tensors here. Take them one by one "
            "(Dataset.map before batch), and batch with padded_batch."
        )
    found = np.array(rows, dtype=None if sizes - {0} else "U1")
    return as_leaf(found.reshape(*array.shape, *sizes))


def join(inputs: Any, separator: str = "", name: Any = None) -> Any:
    """Strings joined, element by element."""
    parts = np.broadcast_arrays(*(text_of(x) for x in inputs))
    rows = [separator.join(row) for row in zip(*(p.ravel().tolist() for p in parts))]
    return as_leaf(np.array(rows, dtype=str).reshape(parts[0].shape))


def reduce_join(inputs: Any, axis: Any = None, keepdims: bool = False, separator: str = "", name: Any = None) -> Any:
    """Strings joined along an axis, all by default."""
    array = text_of(inputs)
    if axis is None:
        joined = np.array(separator.join(array.ravel().tolist()))
        return as_leaf(joined.reshape((1,) * array.ndim) if keepdims else joined)
    moved = np.moveaxis(array, axis, -1)
    rows = [separator.join(row) for row in moved.reshape(-1, moved.shape[-1]).tolist()]
    joined = np.array(rows, dtype=str).reshape(moved.shape[:-1])
    return as_leaf(np.expand_dims(joined, axis) if keepdims else joined)


def to_number(input: Any, out_type: Any = "float32", name: Any = None) -> Any:
    """Text as numbers. Raises ValueError for what is none."""
    dtype = dtype_name(out_type)
    number = int if np.dtype(dtype).kind in "iu" else float
    return as_leaf(np.array([number(v) for v in text_of(input).ravel().tolist()], dtype=dtype).reshape(np.shape(input)))


def as_string(input: Any, precision: int = -1, name: Any = None, **ignored: Any) -> Any:
    """Numbers as text."""
    array = as_host_array(input)
    show = {"f": lambda v: f"{v:.{precision if precision >= 0 else 6}f}", "b": lambda v: str(v).lower()}
    texts = [show.get(array.dtype.kind, str)(v) for v in array.ravel().tolist()]
    return as_leaf(np.array(texts, dtype=str).reshape(array.shape))


def decode_csv(
    records: Any, record_defaults: Any, field_delim: str = ",", use_quote_delim: bool = True, na_value: str = "",
    select_cols: Any = None, name: Any = None,
) -> list[Any]:  # fmt: skip
    """The fields of a line of CSV, or of several, as a list of tensors with the dtypes of the defaults."""
    lines = text_of(records)
    quoting = csv.QUOTE_MINIMAL if use_quote_delim else csv.QUOTE_NONE
    rows = []
    for row in csv.reader(lines.ravel().tolist(), delimiter=field_delim, quoting=quoting):
        fields = row if select_cols is None else [row[i] for i in select_cols]
        rows.append(parsed_fields(fields, record_defaults, na_value))
    if not lines.ndim:
        return rows[0]
    return [as_leaf(np.array([np.asarray(v)[()] for v in column])) for column in zip(*rows)]


STRINGS: dict[str, Any] = {
    f.__name__: f
    for f in (
        lower, upper, strip, regex_replace, regex_full_match, length, substr, split, unicode_split, unicode_decode, join,
        reduce_join, to_number, as_string,
    )
}  # fmt: skip
STRINGS["bytes_split"] = unicode_split
