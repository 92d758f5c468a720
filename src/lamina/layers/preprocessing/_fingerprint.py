"""The hash functions that TensorFlow sorts strings into bins by: FarmHash Fingerprint64 and SipHash-2-4.

References: FarmHash, https://github.com/google/farmhash; Aumasson and Bernstein, SipHash, 2012.
"""

_64 = (1 << 64) - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F


def _word(s: bytes, at: int) -> int:
    return int.from_bytes(s[at : at + 8], "little")


def _half(s: bytes, at: int) -> int:
    return int.from_bytes(s[at : at + 4], "little")


def _right(value: int, shift: int) -> int:
    return ((value >> shift) | (value << (64 - shift))) & _64


def _shift_mix(value: int) -> int:
    return value ^ (value >> 47)


def _hash16(u: int, v: int, multiplier: int) -> int:
    a = ((u ^ v) * multiplier) & _64
    a ^= a >> 47
    b = ((v ^ a) * multiplier) & _64
    b ^= b >> 47
    return (b * multiplier) & _64


def _to_16(s: bytes) -> int:
    n = len(s)
    if n >= 8:
        multiplier = _K2 + n * 2
        a, b = (_word(s, 0) + _K2) & _64, _word(s, n - 8)
        c = (_right(b, 37) * multiplier + a) & _64
        d = ((_right(a, 25) + b) * multiplier) & _64
        return _hash16(c, d, multiplier)
    if n >= 4:
        return _hash16(n + (_half(s, 0) << 3), _half(s, n - 4), _K2 + n * 2)
    if n:
        y = s[0] + (s[n >> 1] << 8)
        z = n + (s[n - 1] << 2)
        return (_shift_mix((y * _K2 ^ z * _K0) & _64) * _K2) & _64
    return _K2


def _to_32(s: bytes) -> int:
    n = len(s)
    multiplier = _K2 + n * 2
    a, b = (_word(s, 0) * _K1) & _64, _word(s, 8)
    c, d = (_word(s, n - 8) * multiplier) & _64, (_word(s, n - 16) * _K2) & _64
    return _hash16(
        (_right((a + b) & _64, 43) + _right(c, 30) + d) & _64, (a + _right((b + _K2) & _64, 18) + c) & _64, multiplier
    )


def _to_64(s: bytes) -> int:
    n = len(s)
    multiplier = _K2 + n * 2
    a, b = (_word(s, 0) * _K2) & _64, _word(s, 8)
    c, d = (_word(s, n - 8) * multiplier) & _64, (_word(s, n - 16) * _K2) & _64
    y = (_right((a + b) & _64, 43) + _right(c, 30) + d) & _64
    z = _hash16(y, (a + _right((b + _K2) & _64, 18) + c) & _64, multiplier)
    e, f = (_word(s, 16) * multiplier) & _64, _word(s, 24)
    g, h = ((y + _word(s, n - 32)) * multiplier) & _64, ((z + _word(s, n - 24)) * multiplier) & _64
    return _hash16(
        (_right((e + f) & _64, 43) + _right(g, 30) + h) & _64, (e + _right((f + a) & _64, 18) + g) & _64, multiplier
    )


def _weak(s: bytes, at: int, a: int, b: int) -> tuple[int, int]:
    w, x, y, z = (_word(s, at + i) for i in (0, 8, 16, 24))
    a = (a + w) & _64
    b = _right((b + a + z) & _64, 21)
    c = a
    a = (a + x + y) & _64
    b = (b + _right(a, 44)) & _64
    return (a + z) & _64, (b + c) & _64


def fingerprint64(s: bytes) -> int:
    """FarmHash's 64-bit fingerprint."""
    n = len(s)
    if n <= 16:
        return _to_16(s)
    if n <= 32:
        return _to_32(s)
    if n <= 64:
        return _to_64(s)
    seed = 81
    x, y = seed, (seed * _K1 + 113) & _64
    z = (_shift_mix((y * _K2 + 113) & _64) * _K2) & _64
    v, w = (0, 0), (0, 0)
    x = (x * _K2 + _word(s, 0)) & _64
    at, last = 0, ((n - 1) // 64) * 64
    last_64 = last + ((n - 1) & 63) - 63
    while True:
        x = (_right((x + y + v[0] + _word(s, at + 8)) & _64, 37) * _K1) & _64
        y = (_right((y + v[1] + _word(s, at + 48)) & _64, 42) * _K1) & _64
        x ^= w[1]
        y = (y + v[0] + _word(s, at + 40)) & _64
        z = (_right((z + w[0]) & _64, 33) * _K1) & _64
        v = _weak(s, at, (v[1] * _K1) & _64, (x + w[0]) & _64)
        w = _weak(s, at + 32, (z + w[1]) & _64, (y + _word(s, at + 16)) & _64)
        z, x = x, z
        at += 64
        if at == last:
            break
    multiplier = (_K1 + ((z & 0xFF) << 1)) & _64
    at = last_64
    w = ((w[0] + ((n - 1) & 63)) & _64, w[1])
    v = ((v[0] + w[0]) & _64, v[1])
    w = ((w[0] + v[0]) & _64, w[1])
    x = (_right((x + y + v[0] + _word(s, at + 8)) & _64, 37) * multiplier) & _64
    y = (_right((y + v[1] + _word(s, at + 48)) & _64, 42) * multiplier) & _64
    x ^= (w[1] * 9) & _64
    y = (y + v[0] * 9 + _word(s, at + 40)) & _64
    z = (_right((z + w[0]) & _64, 33) * multiplier) & _64
    v = _weak(s, at, (v[1] * multiplier) & _64, (x + w[0]) & _64)
    w = _weak(s, at + 32, (z + w[1]) & _64, (y + _word(s, at + 16)) & _64)
    z, x = x, z
    return _hash16(
        (_hash16(v[0], w[0], multiplier) + _shift_mix(y) * _K0 + z) & _64,
        (_hash16(v[1], w[1], multiplier) + x) & _64,
        multiplier,
    )


def siphash24(s: bytes, key: tuple[int, int]) -> int:
    """SipHash-2-4 of `s` under a key of two 64-bit numbers."""
    k0, k1 = key[0] & _64, key[1] & _64
    v0, v1 = k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D
    v2, v3 = k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573

    def rounds(count: int) -> None:
        nonlocal v0, v1, v2, v3
        for _ in range(count):
            v0 = (v0 + v1) & _64
            v1 = _right(v1, 51) ^ v0
            v0 = _right(v0, 32)
            v2 = (v2 + v3) & _64
            v3 = _right(v3, 48) ^ v2
            v0 = (v0 + v3) & _64
            v3 = _right(v3, 43) ^ v0
            v2 = (v2 + v1) & _64
            v1 = _right(v1, 47) ^ v2
            v2 = _right(v2, 32)

    whole = len(s) - len(s) % 8
    words = [_word(s, i) for i in range(0, whole, 8)]
    words.append(int.from_bytes(s[whole:], "little") | ((len(s) & 0xFF) << 56))
    for m in words:
        v3 ^= m
        rounds(2)
        v0 ^= m
    v2 ^= 0xFF
    rounds(4)
    return v0 ^ v1 ^ v2 ^ v3
