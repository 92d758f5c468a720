"""The choice of BLAS kernels by the processor's flags."""

import os
import subprocess
import sys

import pytest

from lamina import _blas

AVX2 = "fpu sse2 ssse3 fma avx avx2 bmi1 bmi2"
SKYLAKE = f"{AVX2} avx512f avx512dq avx512cd avx512bw avx512vl"
ZEN5 = (
    f"{SKYLAKE} avx512ifma avx512vbmi avx512_vbmi2 avx512_vnni avx512_bitalg avx512_vpopcntdq avx512_bf16 avx_vnni gfni "
    "vaes vpclmulqdq"
)
SAPPHIRE = f"{ZEN5} avx512_fp16 amx_bf16 amx_tile amx_int8"


def cpuinfo(tmp_path, flags, cores=2, before="model name\t: some processor\n"):
    one = f"processor\t: 0\nvendor_id\t: Someone\n{before}flags\t\t: {flags}\nbugs\t\t:\n\n"
    path = tmp_path / "cpuinfo"
    path.write_text(one * cores)
    return str(path)


@pytest.fixture
def fresh(monkeypatch):
    """As before lamina was imported: NumPy not loaded, nothing set."""
    monkeypatch.setattr(_blas, "choice", _blas._Choice())
    monkeypatch.delitem(sys.modules, "numpy", raising=False)
    monkeypatch.setenv(_blas.VARIABLE, "placeholder")  # so that what is set is undone
    monkeypatch.delenv(_blas.VARIABLE)


@pytest.mark.parametrize(
    "flags, kernels",
    [
        (AVX2, None),
        (SKYLAKE, "SkylakeX"),
        (ZEN5, "SkylakeX"),
        (SAPPHIRE, "SapphireRapids"),
        (SKYLAKE.replace("avx512vl", ""), None),
        (SAPPHIRE.replace("amx_tile", ""), "SkylakeX"),
        ("", None),
    ],
)
def test_kernels_need_every_instruction_set(flags, kernels, tmp_path, fresh):
    _blas.choose_kernels(cpuinfo(tmp_path, flags))
    assert _blas.choice.best == kernels
    assert os.environ.get(_blas.VARIABLE) == kernels


def test_what_the_user_set_stays(tmp_path, fresh, monkeypatch):
    monkeypatch.setenv(_blas.VARIABLE, "Haswell")
    _blas.choose_kernels(cpuinfo(tmp_path, SAPPHIRE))
    assert os.environ[_blas.VARIABLE] == "Haswell"
    assert "unset it" in _blas.advice("Haswell")


def test_after_numpy_nothing_is_set_and_the_loss_is_told(tmp_path, fresh, monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", object())
    _blas.choose_kernels(cpuinfo(tmp_path, ZEN5))
    assert _blas.VARIABLE not in os.environ
    told = _blas.advice("Haswell")
    assert "Haswell" in told and "import lamina" in told and "OPENBLAS_CORETYPE=SkylakeX" in told
    assert _blas.advice("SkylakeX") is None
    assert _blas.advice(None) is None


def test_no_such_file_and_no_flags(tmp_path, fresh):
    _blas.choose_kernels(str(tmp_path / "missing"))
    assert _blas.choice.best is None
    arm = tmp_path / "arm"
    arm.write_text("processor\t: 0\nFeatures\t: fp asimd\n")
    _blas.choose_kernels(str(arm))
    assert _blas.choice.best is None


def test_long_files_are_read_only_as_far_as_needed(tmp_path, fresh):
    """Flags beyond the first block, many processors: the first list counts, whole."""
    path = cpuinfo(tmp_path, SAPPHIRE, cores=500, before="x" * 4000 + "\n")
    assert _blas.processor_flags(path) == frozenset(SAPPHIRE.split())
    endless = tmp_path / "endless"
    endless.write_bytes(b"x" * (1 << 20))
    assert _blas.processor_flags(str(endless)) == frozenset()


def test_import_sets_it_before_numpy_is_there():
    code = (
        "import os, sys, lamina; from lamina import _blas\n"
        "assert 'numpy' not in sys.modules and not _blas.choice.came_late\n"
        "print(os.environ.get('OPENBLAS_CORETYPE') == _blas.choice.best)"
    )
    env = {k: v for k, v in os.environ.items() if k not in (_blas.VARIABLE, "LAMINA_EAGER")}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert done.stdout.strip() == "True", done.stderr


def test_show_says_library_kernels_and_speed(capsys):
    import lamina

    lamina.config.show()
    printed = capsys.readouterr().out
    for word in ("blas:", "threads:", "GFLOP/s", "GB/s"):
        assert word in printed
