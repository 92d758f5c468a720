"""How calls become functions."""

import re

import numpy as np
import pytest

from lamina.engines import native
from lamina.engines.native.machine import _program

pytest.importorskip("llvmlite")


@pytest.mark.usefixtures("with_machine_code")
def test_a_long_run_is_written_in_parts_that_give_the_same(monkeypatch):
    x = np.random.default_rng(0).normal(size=(3, 5)).astype("float32")

    def many_sums(x):
        for axis in (0, 1) * 12:
            x = x - np.sum(np.tanh(x), axis=axis, keepdims=True) / 10
        return x

    def compiled():
        function = native.compile(many_sums)
        result = np.asarray(function(x))
        (plan,) = function.plans
        return result, plan.program.text

    result, text = compiled()
    monkeypatch.setattr(_program, "LONG", 10**9)
    at_once, whole = compiled()
    assert "_part" not in whole and text.count("define void @run_") > 4
    assert result.tobytes() == at_once.tobytes()
    np.testing.assert_allclose(result, many_sums(x), rtol=1e-4, atol=1e-6)
    lengths = [len(body.splitlines()) for body in re.findall(r"define void @run_.*?\n}", text, re.S)]
    assert (
        max(lengths) < max(len(body.splitlines()) for body in re.findall(r"define void @run_.*?\n}", whole, re.S)) / 3
    )
