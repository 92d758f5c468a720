"""Functions that do the same are written once."""

import numpy as np
import pytest

import lamina
from lamina import layers
from lamina.engines import native
from lamina.engines.native.machine._code import Module


def test_what_names_and_comments_tell_apart_is_the_same():
    module = Module()
    assert module.add("a", "ptr %t", ["entry:", "  ; of one layer", "  store i8 0, ptr %t, !x !3, !y !4, !z !3"]) == "a"
    assert module.add("b", "ptr %t", ["entry:", "  ; of another", "  store i8 0, ptr %t, !x !7, !y !9, !z !7"]) == "a"
    assert module.add("c", "ptr %t", ["entry:", "  store i8 0, ptr %t, !x !7, !y !7, !z !9"]) == "c"
    assert module.add("d", "ptr %u", ["entry:", "  store i8 0, ptr %t, !x !3, !y !4, !z !3"]) == "d"
    assert str(module).count("define") == 3


@pytest.mark.usefixtures("with_machine_code")
def test_layers_alike_share_their_functions():
    pytest.importorskip("llvmlite")

    def functions(depth):
        alike = [layers.Dense(128, activation="tanh") for _ in range(depth)]
        model = lamina.Sequential([lamina.Input((128,)), *alike, layers.Dense(3)])
        model.compile("sgd", "mse")
        model.fit(np.zeros((128, 128), "float32"), np.zeros((128, 3), "float32"), batch_size=64, verbose=0)
        (plan,) = model._steps["train"][1]._on_places.plans
        assert plan.program.is_whole
        return plan.program.text.count("define void @run_"), len(plan.program.runs)

    (few, fewer_runs), (many, more_runs) = functions(4), functions(12)
    assert more_runs > fewer_runs + 8
    assert many - few < (more_runs - fewer_runs) / 4


@pytest.mark.usefixtures("with_machine_code")
@pytest.mark.parametrize("size", [3, 20, 30, 200])
def test_arrays_that_are_read_backwards(size, capfd):
    """LLVM ended the process at these lengths on some processors (Zen 4 and 5); and it told of loops that it left as they are."""
    pytest.importorskip("llvmlite")
    x, y = np.random.default_rng(0).normal(size=(2, size)).astype("float32")
    function = native.compile(lambda x, y: (x + np.flip(y), np.sum(np.flip(x) * y), np.flip(x), np.max(np.flip(x))))
    added, total, flipped, largest = map(np.asarray, function(x, y))
    (plan,) = function.plans
    assert ("llvm.loop.vectorize.width" in plan.program.text) == (size >= 8)
    np.testing.assert_array_equal(added, x + y[::-1])
    np.testing.assert_allclose(total, np.sum(x[::-1] * y), rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(flipped, x[::-1])
    assert largest == x.max()
    assert not capfd.readouterr().err
