"""NumPy's Philox generator in machine code: the same bits for the same key, wherever in the sequence they stand.

Source: J. K. Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (SC 2011): Philox4x64, ten rounds. NumPy counts blocks
from 1, and hands out the words of a block from the first to the last.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

UINT64 = np.dtype(np.uint64)
ROUNDS = 10
_FACTORS = 0xD2E7470EE14C6C93, 0xCA5A826395121157
_STEPS = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B  # of the key from round to round
_BITS = 256  # of a block


def blocks_of(size: int, bits: int) -> int:
    """How many blocks hold so many numbers of so many bits."""
    return -(-size * bits // _BITS)


def each_number(f: Any, seed: Any, size: int, bits: int, use: Callable[[Any, Any], None], share: Any = None) -> None:
    """use(place, number) for the first `size` numbers of so many bits: the words cut in pieces, the lowest first. `share`: only
    those of the blocks from one number to another."""
    keys = [f.cast(f.load(seed, (f.index(k),)), UINT64) for k in range(2)]
    each = _BITS // bits
    for start, count in f.spans(size, each, share):
        block = f.define(f"udiv i64 {start.text}, {each}", UINT64)
        for k, number in _numbers(f, block, keys, bits):
            if k < count:
                use(f.add(start, f.index(k)), number)


def _numbers(f: Any, block: Any, keys: list[Any], bits: int) -> Iterator[tuple[int, Any]]:
    for k, word in enumerate(_words(f, block, keys)):
        for j in range(64 // bits):
            piece = f.define(f"lshr i64 {word.text}, {j * bits}", UINT64) if j else word
            yield (
                k * (64 // bits) + j,
                f.define(f"and i64 {piece.text}, {(1 << bits) - 1}", UINT64) if bits < 64 else piece,
            )


def _words(f: Any, block: Any, keys: list[Any]) -> list[Any]:
    """The four words of a block, numbered from 0."""
    zero = f.number(0, UINT64)
    counter = [f.define(f"add i64 {block.text}, 1", UINT64), zero, zero, zero]
    for r in range(ROUNDS):
        (high0, low0), (high1, low1) = (_product(f, counter[2 * k], _FACTORS[k]) for k in range(2))
        counter = [_xor(f, high1, counter[1], keys[0]), low1, _xor(f, high0, counter[3], keys[1]), low0]
        if r < ROUNDS - 1:
            keys = [f.define(f"add i64 {key.text}, {step}", UINT64) for key, step in zip(keys, _STEPS)]
    return counter


def _product(f: Any, x: Any, factor: int) -> tuple[Any, Any]:
    """The high and the low half of a product of 128 bits."""
    wide, whole, high = f.name("w"), f.name("w"), f.name("w")
    f.write(f"{wide} = zext i64 {x.text} to i128")
    f.write(f"{whole} = mul i128 {wide}, {factor}")
    f.write(f"{high} = lshr i128 {whole}, 64")
    return f.define(f"trunc i128 {high} to i64", UINT64), f.define(f"trunc i128 {whole} to i64", UINT64)


def _xor(f: Any, *numbers: Any) -> Any:
    first, *others = numbers
    for other in others:
        first = f.define(f"xor i64 {first.text}, {other.text}", UINT64)
    return first
