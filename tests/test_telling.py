"""What goes wrong for an argument is a TypeError or ValueError with a note of the call; what the user's code raises stays."""

import inspect
import pickle

import numpy as np
import pytest

from lamina import constraints, initializers, layers, losses, metrics, ops, optimizers
from lamina._telling import describe, explained, telling, telling_method


def notes(error):
    return getattr(error, "__notes__", [])


def test_a_function_of_ours_tells_its_arguments():
    with pytest.raises(ValueError) as caught:
        initializers.Constant([1.0, 2.0])((3, 3))
    assert notes(caught.value)[-1] == "Called as Constant(shape=[3, 3])."


@pytest.mark.parametrize(
    ("make", "kind", "cause"),
    [
        (lambda: ops.segment_sum(np.ones(3), np.ones(3, int), num_segments=object()), (TypeError, ValueError), None),
        (lambda: losses.Huber()({"a": 1}, np.ones(2)), TypeError, AttributeError),
        (lambda: metrics.Mean(name=np.ones(2)), (TypeError, ValueError), None),
        (lambda: constraints.MaxNorm(axis=7)(np.ones((2, 2))), ValueError, None),
    ],
)
def test_errors_of_other_kinds_become_ours(make, kind, cause):
    with pytest.raises(kind) as caught:
        make()
    assert "Called as" in "\n".join(notes(caught.value))
    assert cause is None or isinstance(caught.value.__cause__, cause)


def test_code_of_the_users_is_left_alone():
    def fails(*args):
        raise KeyError("mine")

    for call in (
        lambda: metrics.MeanMetricWrapper(fails).update_state(np.ones(2), np.ones(2)),
        lambda: layers.Lambda(fails)(np.ones((2, 2))),
        lambda: ops.scan(fails, 0.0, np.ones(3)),
    ):
        with pytest.raises(KeyError, match="mine") as caught:
            call()
        assert not any("Called as" in note for note in notes(caught.value))
    own = telling(fails, "own")
    with pytest.raises(KeyError):
        own(1)


def test_what_python_says_of_a_call_is_left_alone():
    with pytest.raises(TypeError, match="unexpected keyword argument 'nothing'") as caught:
        constraints.MaxNorm(nothing=1)
    assert not notes(caught.value)


def test_the_first_call_and_the_last_are_told():
    with pytest.raises((TypeError, ValueError)) as caught:
        losses.MeanSquaredError()(np.ones(3), "nonsense")
    told = [note for note in notes(caught.value) if note.startswith("Called as")]
    assert len(told) == 2 and told[0].startswith("Called as ops.") and "MeanSquaredError(y_true" in told[1]


class Thing:
    def __init__(self, number=1, flag=True, other=None):
        self.number = number

    __init__ = telling_method(__init__)


@pytest.mark.parametrize("good", [2, 0.5, np.float32(1), np.ones(3), [1, 2], None, lambda: 3])
def test_what_may_be_a_number(good):
    assert Thing(good).number is good and Thing(number=good).number is good


@pytest.mark.parametrize("bad", ["2", b"2", {"a": 1}, {1}, 1j, int, np.array(["a"])])
def test_what_may_not(bad):
    for make in (lambda: Thing(bad), lambda: Thing(number=bad)):
        with pytest.raises(TypeError, match="Thing: number must be a number; got"):
            make()


@pytest.mark.parametrize("bad", ["no", [], {}, (1,), np.ones(2)])
def test_what_is_no_flag(bad):
    with pytest.raises(TypeError, match="Thing: flag must be True or False; got"):
        Thing(1, bad)
    assert Thing(1, np.bool_(True)) and Thing(1, 0) and Thing(1, None) and Thing(other=bad)


def test_values_in_few_words():
    assert describe(np.ones((2, 3), "float32")) == "float32(2,3)"
    assert describe([np.ones(2), 1]) == "[float64(2), 1]"
    assert len(describe("x" * 1000)) < 80

    class Mute:
        def __repr__(self):
            raise RuntimeError

    assert describe(Mute()) == "<Mute>"


def test_an_error_that_was_not_raised_is_not_changed():
    error = KeyError("a")
    assert explained(error, "f", dict) is error


def test_objects_are_what_they_were():
    assert pickle.loads(pickle.dumps(losses.Huber(0.5))).get_config() == losses.Huber(0.5).get_config()
    assert list(inspect.signature(optimizers.Adam).parameters)[:3] == ["learning_rate", "beta_1", "beta_2"]
    assert optimizers.Adam.__init__.__qualname__ == "Adam.__init__"


@pytest.mark.parametrize("module, is_kept", [("torch.fx.experimental.symbolic_shapes", True), ("somewhere", False)])
def test_what_says_that_a_trace_is_impossible_stays_what_it_is(module, is_kept):
    """Engines catch it by its kind, and go on without the trace."""
    kind = type("Guard", (RuntimeError,), {"__module__": module})
    names = {"kind": kind}
    exec(compile("def inside():\n    raise kind('no')\n", "<lamina test>", "exec"), names)  # as a file of lamina
    told = telling(names["inside"], "inside")
    with pytest.raises(kind if is_kept else ValueError):
        told()
