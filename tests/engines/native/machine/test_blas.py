"""Which BLAS machine code calls where several packages have brought one."""

import pytest

from lamina.engines.native import _threads
from lamina.engines.native.machine import _blas


def test_it_is_numpys_whichever_was_loaded_last(monkeypatch):
    pytest.importorskip("llvmlite")
    infos = _blas.threadpoolctl.threadpool_info()
    ours = [i for i in infos if i["user_api"] == "blas" and _threads.is_of_numpy(i["filepath"])]
    if not ours or ours[0]["internal_api"] != "openblas":
        pytest.skip("this NumPy has no OpenBLAS of its own")
    other = {**ours[0], "filepath": "/elsewhere/scipy.libs/libopenblas.so"}
    opened = []

    def load(path):
        opened.append(path)
        return original(path)

    original = _blas.ctypes.CDLL
    monkeypatch.setattr(_blas.ctypes, "CDLL", load)
    monkeypatch.setattr(_blas.threadpoolctl, "threadpool_info", lambda: [other, *infos])
    assert next(_blas._candidates("s"))
    assert opened == [ours[0]["filepath"]]
