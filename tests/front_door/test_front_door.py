"""Every public function and class is called with arguments that are wrong: a sample; LAMINA_FRONT_DOOR=1 gives all.

`sweep.py` says what may come out.
"""

import importlib.util
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from lamina import layers, models, ops, optimizers
from lamina.engines import engine

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def sweep():
    sys.path.insert(0, str(HERE))
    try:
        spec = importlib.util.spec_from_file_location("front_door_sweep", HERE / "sweep.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules["front_door_sweep"] = module
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(HERE))


# Which of the calls are tried: each so-manyth, drawn by the seed; fewer where each new shape is compiled.
SAMPLE = {"ops": 40, "layers": 60, "losses and metrics": 20, "small things": 15, "functions": 8}
SLOWER = {"native": 1, "torch": 4}.get(engine.NAME, 30)


def test_wrong_arguments_are_answered_clearly(sweep, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for group, every in SAMPLE.items():
        every = 1 if os.environ.get("LAMINA_FRONT_DOOR") == "1" else every * SLOWER
        trials = list(sweep.trials(group, every, seed=1))
        assert len(trials) > 10, group
        assert [str(fault) for trial in trials if (fault := sweep.fault_of(*trial)) is not None] == []


def test_an_unclear_answer_is_a_fault(sweep):
    from bases import Base

    def judged(function, value="text"):
        return sweep.fault_of(Base("f", function, {"x": 1}), "x", value)

    def raising(error):
        def function(x):
            raise error

        return function

    assert "KeyError" in judged(raising(KeyError("a"))).what
    assert "names no argument" in judged(raising(ValueError("bad operand"))).what
    assert judged(raising(ValueError("f: x must be a number"))) is None
    assert "in the place of a number" in judged(lambda x=1: x).what
    assert judged(lambda x=1: x, "seven") is None


def test_what_a_call_was_made_with_is_told():
    with pytest.raises((TypeError, ValueError)) as caught:
        ops.roll(np.ones((2, 3)), "nonsense")
    assert any("shift='nonsense'" in note and "float64(2,3)" in note for note in caught.value.__notes__)


def test_errors_of_the_users_own_functions_stay_as_they_are():
    def lookup(x):
        return {}["key"]

    with pytest.raises(KeyError):
        ops.map(lookup, np.ones(3))
    with pytest.raises(ZeroDivisionError):
        layers.Lambda(lambda x: 1 / 0)(np.ones((2, 2)))


def test_numbers_and_flags():
    for make, match in (
        (lambda: optimizers.Adam("0.1"), "learning_rate must be a number; got '0.1'"),
        (lambda: optimizers.Adam(0.1, {"a": 1}), "beta_1 must be"),
        (lambda: layers.Dense(3, use_bias="no"), "use_bias must be True or False; got 'no'"),
    ):
        with pytest.raises((TypeError, ValueError), match=match):
            make()
    assert optimizers.Adam(np.float32(0.5)).learning_rate == 0.5


def embedding():
    model = models.Sequential([layers.Input((3,)), layers.Embedding(5, 2), layers.Flatten(), layers.Dense(2)])
    model.compile("sgd", "mse")
    return model


@pytest.mark.filterwarnings("ignore:fit. NaN")
@pytest.mark.parametrize("bad", [9, -7, 9.0, np.nan])
def test_indices_without_a_vector_are_named_in_streams_too(bad):
    x, y = np.full((4, 3), bad), np.ones((4, 2))
    with pytest.raises(ValueError, match='fit: x holds .* for the input ".*" of Embedding'):
        embedding().fit(((x, y) for _ in range(2)), steps_per_epoch=1, verbose=0)
    with pytest.raises(ValueError, match='fit: x holds .* for the input ".*" of Embedding'):
        embedding().fit(x, y, verbose=0)


@pytest.mark.parametrize("batch", [None, (), (np.ones((4, 3)),) * 4])
def test_batches_of_a_wrong_structure(batch):
    with pytest.raises(ValueError, match=r"fit: x gave a batch .*; a batch is x, \(x, y\) or \(x, y, sample_weight\)"):
        embedding().fit((batch for _ in range(2)), steps_per_epoch=1, verbose=0)


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("validation_steps", 0),
        ("validation_steps", [1]),
        ("validation_freq", 0),
        ("validation_batch_size", -1),
        ("steps_per_epoch", 0),
    ],
)
def test_counts_of_fit(argument, value):
    x, y = np.zeros((4, 3), "int32"), np.ones((4, 2))
    with pytest.raises(ValueError, match=f"fit: {argument} must be a positive integer; got"):
        embedding().fit(x, y, validation_data=(x, y), verbose=0, **{argument: value})


@pytest.mark.parametrize("function", [ops.quantile, ops.nanquantile])
@pytest.mark.parametrize("q", [7, -0.1, np.nan, [0.5, 1.5]])
def test_shares_that_are_none(function, q):
    with pytest.raises(ValueError, match=f"{function.__name__}: q must be from 0 to 1; got"):
        function(np.ones((2, 3), "float32"), q)
    with pytest.raises(ValueError, match="percentile: q must be from 0 to 100; got"):
        ops.percentile(np.ones(3, "float32"), np.multiply(q, 1000))


def test_too_much_memory_is_called_so():
    with pytest.raises(MemoryError):
        ops.diag(np.ones(3, "float32"), k=-(10**12))


def test_matrices_that_have_no_decomposition():
    spoiled = np.full((2, 2), np.nan, "float32")
    for function in (ops.svd, ops.pinv):
        try:
            found = function(spoiled)
        except np.linalg.LinAlgError as error:
            assert "x=float32(2,2)" in "".join(error.__notes__)
        else:  # JAX gives NaN
            assert np.isnan(np.asarray(ops.convert_to_numpy(found[1] if function is ops.svd else found))).all()


def test_dates_are_no_numbers():
    with pytest.raises((TypeError, ValueError), match="dates|dtype|datetime64"):
        layers.Dropout(0.5)(np.array(["2020-01-01"], "M8[D]"))


@pytest.mark.parametrize("repeats", [-1, (2, -1)])
def test_repeats_below_zero(repeats):
    with pytest.raises(ValueError, match="tile: repeats must not be negative; got"):
        ops.tile(np.ones((2, 3), "float32"), repeats)
