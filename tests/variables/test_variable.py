"""Variable: values, names, scopes, casting, protocols, mistakes."""

import copy

import numpy as np
import pytest

from lamina import ops, variables
from lamina.engines import engine
from lamina.variables import AutocastScope, StateScope, Variable, name_scope


@pytest.mark.native_only("the storage of a variable on the native engine is a NumPy array for life")
def test_storage_stays_the_same_array():
    variable = Variable([1.0, 2.0])
    storage = variable._value
    variable.assign([3.0, 4.0])
    variable.assign_add([1.0, 1.0])
    variable.assign_sub(2)
    assert variable._value is storage
    assert storage.tolist() == [2.0, 3.0]
    assert variable.__tensor__() is variable.__tensor__()


@pytest.mark.native_only("the storage of a variable on the native engine is a NumPy array for life")
def test_value_is_read_only_and_numpy_a_copy():
    source = np.array([1.0, 2.0], "float32")
    variable = Variable(source)
    source[0] = 9
    with pytest.raises(TypeError, match="slice_update"):
        variable.value[0] = 5
    with pytest.raises(TypeError, match="assign"):
        variable[0] = 5
    variable.numpy()[0] = 5
    assert variable.value.tolist() == [1.0, 2.0]


@pytest.mark.native_only("the storage of a variable on the native engine is a NumPy array for life")
def test_rebind_moves_the_storage():
    buffer = np.zeros(4, "float32")
    variable = Variable([1.0, 2.0])
    variable.rebind(buffer[1:3])
    variable.assign_add(1.0)
    assert buffer.tolist() == [0.0, 2.0, 3.0, 0.0]
    with pytest.raises(ValueError, match="cannot move"):
        variable.rebind(np.zeros(3, "float32"))


@pytest.mark.parametrize(
    ("initial", "options", "dtype"),
    [([1.0], {}, "float32"), (1, {}, "int32"), (np.zeros(2, "float16"), {}, "float16"), (True, {}, "bool"),
     ([1.0], {"dtype": "bfloat16"}, "bfloat16"), ("zeros", {"shape": (2,)}, "float32"),
     (lambda shape, dtype: np.ones(shape, dtype), {"shape": (2, 3), "dtype": "float64"}, "float64")],
)  # fmt: skip
def test_dtype(initial, options, dtype):
    variable = Variable(initial, **options)
    assert variable.dtype == dtype
    variable.assign(np.ones(variable.shape))
    assert variable.dtype == dtype == ops.dtype(variable.value)


def test_operators_and_protocols():
    a, b = np.array([[1.0, -2.0], [3.0, 4.0]], "float32"), np.array([[2.0, 2.0], [0.5, 1.0]], "float32")
    v = Variable(a)
    pairs = [
        (v + b, a + b), (b + v, b + a), (v - 1, a - 1), (1 - v, 1 - a), (v * b, a * b), (v / b, a / b), (2 / v, 2 / a),
        (v // b, a // b), (v % b, a % b), (v**2, a**2), (v @ b, a @ b), (b @ v, b @ a), (-v, -a), (abs(v), abs(a)),
        (v < b, a < b), (v >= b, a >= b), (v == b, a == b), (v != b, a != b), (v[0], a[0]), (v[:, 1], a[:, 1]),
        (np.exp(v), np.exp(a)), (np.maximum(b, v), np.maximum(a, b)), (np.concatenate([v, b]), np.concatenate([a, b])),
        (np.asarray(v), a), (ops.add(v, v), a + a), (round(v), np.round(a)),
    ]  # fmt: skip
    for got, expected in pairs:
        np.testing.assert_allclose(np.asarray(got), expected, rtol=1e-6)
        assert np.asarray(got).dtype in (np.dtype("float32"), np.dtype(bool))
    assert (float(Variable(2.5)), int(Variable(3)), bool(Variable(True)), [5, 6][Variable(1)]) == (2.5, 3, True, 6)
    assert len(v) == 2
    assert [row.tolist() for row in v] == a.tolist()
    assert {v: 1}[v] == 1
    assert (Variable([True, False]) & Variable([True, True])).tolist() == [True, False]
    assert (~Variable([True, False])).tolist() == [False, True]
    assert (Variable([1, 2]) + 1.5).tolist() == [2.5, 3.5]


def test_state_scope():
    first, second = Variable([1.0]), Variable([2.0])
    with StateScope({first: ops.convert_to_tensor([5.0])}) as outer:
        assert (float(first[0]), float(second[0])) == (5.0, 2.0)
        second.assign([7.0])
        with StateScope() as inner:
            assert (float(first[0]), float(second[0])) == (5.0, 7.0)
            first.assign_add([1.0])
            inner.add_loss(3.0)
        assert float(first[0]) == 5.0
    assert float(inner[first][0]) == 6.0
    assert inner.losses == [3.0]
    assert (float(outer[second][0]), float(second[0]), float(first[0])) == (7.0, 2.0, 1.0)
    assert variables.get_scope() is None
    with pytest.raises(ZeroDivisionError), StateScope():
        raise ZeroDivisionError
    assert variables.get_scope() is None


@pytest.mark.parametrize("dtype", ["float32", "int32", "bool", "bfloat16"])
def test_clear(dtype):
    variable = Variable([1, 1], dtype=dtype)
    handed_out = variable.value
    with StateScope() as scope:
        variable.clear()
        assert not variable.numpy().any()
        assert np.all(ops.convert_to_numpy(scope[variable]) == 0)
    assert variable.numpy().all()
    variable.clear()
    assert not variable.numpy().any() and variable.dtype == dtype
    assert ops.convert_to_numpy(handed_out).all()


def test_state_scope_in_a_compiled_step():
    weight, count = Variable([1.0, 2.0]), Variable(0)

    def step(state, x):
        with StateScope(zip((weight, count), state)) as scope:
            weight.assign(weight * x)
            count.assign_add(1)
        return [scope[weight], scope[count]]

    compiled = engine.compile(step)
    state = [weight.numpy(), count.numpy()]
    for _ in range(3):
        state = compiled(state, np.float32(2.0))
    assert [s.tolist() for s in state] == [[8.0, 16.0], 3]
    assert weight.numpy().tolist() == [1.0, 2.0]


def test_state_scope_checks_shapes():
    with pytest.raises(ValueError, match="shape"):
        StateScope({Variable([1.0]): np.zeros(2)})
    with pytest.raises(ValueError, match="Variables"):
        StateScope({"a": np.zeros(2)})


def test_tape_follows_variables():
    weight = Variable([2.0, 3.0])
    with engine.GradientTape() as tape:
        loss = ops.sum(weight * weight)
    (gradient,) = tape.gradient(loss, [weight])
    assert np.asarray(gradient).tolist() == [4.0, 6.0]


def test_autocast():
    kept, cast, whole = Variable([1.0], autocast=False), Variable([1.0]), Variable([1])
    with AutocastScope("float16"):
        assert (kept.dtype, cast.dtype, whole.dtype) == ("float32", "float16", "int32")
        assert ops.dtype(cast.value) == "float16"
        cast.assign_add([1.0])
    assert cast.dtype == "float32"
    assert cast.numpy().tolist() == [2.0]


def test_paths():
    caller = object()
    with name_scope("encoder"):
        with name_scope("dense", caller=caller), name_scope("dense", caller=caller):
            assert Variable(0, name="kernel").path == "encoder/dense/kernel"
        assert Variable(0, name="step").path == "encoder/step"
        with name_scope("alone", override_parent=""):
            assert Variable(0, name="x").path == "alone/x"
    assert Variable(0, name="x").path == "x"


def test_copies_are_apart():
    variable = Variable([1.0, 2.0], name="a")
    twin = copy.deepcopy(variable)
    twin.assign([5.0, 6.0])
    assert twin.value.tolist() == [5.0, 6.0]
    assert variable.value.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Variable(1.0, name="a/b"), ["name", "a/b"]),
        (lambda: Variable("zeros", name="w"), ["w", "shape="]),
        (lambda: Variable("zeroes", shape=(2,)), ["zeroes", "zeros"]),
        (lambda: Variable("zeros", shape=(None, 2), name="w"), ["w", "None"]),
        (lambda: Variable([1.0], aggregation="median"), ["aggregation", "median"]),
        (lambda: Variable([1.0], name="w").assign([1.0, 2.0]), ["w", "(1,)", "(2,)"]),
        (lambda: setattr(Variable([1.0], name="w"), "constraint", 3), ["w", "constraint", "3"]),
        (lambda: name_scope("a/b"), ["name_scope", "a/b"]),
    ],
)
def test_mistakes_are_named(make, words):
    with pytest.raises(ValueError) as caught:
        make()
    assert all(word in str(caught.value) for word in words)


def test_round():
    v = Variable(np.array([1.26, -2.74], "float64"), dtype="float64")
    np.testing.assert_allclose(np.asarray(round(v)), [1.0, -3.0])
    np.testing.assert_allclose(np.asarray(round(v, 1)), [1.3, -2.7])
