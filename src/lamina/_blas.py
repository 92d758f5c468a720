"""Which of OpenBLAS's kernels NumPy gets: chosen from the processor's flags before NumPy is loaded.

The OpenBLAS in NumPy's wheels picks its kernels by the processor's model; on a model newer than itself it may fall back to
AVX2 kernels, at half the speed that AVX-512 gives. The flags of the processor say what it really has, and the variable
OPENBLAS_CORETYPE, read when the library is loaded, says which kernels to take. A choice of the user's is never changed,
and kernels are chosen only where every instruction set they were compiled for is there.
"""

import os
import sys

VARIABLE = "OPENBLAS_CORETYPE"

# Instruction sets that the compiler may use for these kernels (gcc's -march=skylake-avx512 and -march=sapphirerapids).
_SKYLAKEX = frozenset("fma avx2 bmi2 avx512f avx512bw avx512cd avx512dq avx512vl".split())
_SAPPHIRE_RAPIDS = _SKYLAKEX | frozenset(
    "avx512ifma avx512vbmi avx512_vbmi2 avx512_vnni avx512_bitalg avx512_vpopcntdq avx512_bf16 avx512_fp16 avx_vnni gfni "
    "vaes vpclmulqdq amx_tile amx_int8 amx_bf16".split()
)


class _Choice:
    """What was found when lamina was imported: the best kernels, and whether NumPy's were loaded already."""

    best: str | None = None
    came_late = False


choice = _Choice()


def choose_kernels(path: str = "/proc/cpuinfo") -> None:
    """Sets OPENBLAS_CORETYPE where the flags allow AVX-512 kernels, NumPy is not loaded and the user has not set it."""
    choice.best = kernels_for(processor_flags(path))
    choice.came_late = "numpy" in sys.modules
    if choice.best is not None and not choice.came_late:
        os.environ.setdefault(VARIABLE, choice.best)


def kernels_for(flags: frozenset[str]) -> str | None:
    """The name of the fastest kernels that a processor with these flags can run, None where OpenBLAS's own choice is best."""
    if flags >= _SAPPHIRE_RAPIDS:
        return "SapphireRapids"
    return "SkylakeX" if flags >= _SKYLAKEX else None


def processor_flags(path: str = "/proc/cpuinfo") -> frozenset[str]:
    """The flags of the first processor that Linux lists; none elsewhere. Reads no more than that: the file may be long."""
    text = b""
    try:
        with open(path, "rb", buffering=0) as file:
            while len(text) < 1 << 16 and (block := file.read(4096)):
                text += block
                start = text.find(b"\nflags")
                if start >= 0 and (end := text.find(b"\n", start + 1)) >= 0:
                    return frozenset(text[start:end].decode("ascii", "replace").partition(":")[2].split())
    except OSError:
        pass
    return frozenset()


# As threadpoolctl names OpenBLAS's kernels that use AVX-512.
_AVX512_KERNELS = ("SkylakeX", "Cooperlake", "SapphireRapids")


def advice(kernels: str | None) -> str | None:
    """What to do where the loaded kernels (as threadpoolctl names them) are slower than they could be, else None."""
    if choice.best is None or kernels is None or kernels in _AVX512_KERNELS:
        return None
    lost = f"NumPy's OpenBLAS runs its {kernels} kernels; this processor could run {choice.best}, up to twice as fast."
    if os.environ.get(VARIABLE, choice.best) != choice.best:
        return f"{lost} {VARIABLE}={os.environ[VARIABLE]} was set before; unset it."
    return f"{lost} NumPy was loaded before lamina: write `import lamina` first, or set {VARIABLE}={choice.best}."
