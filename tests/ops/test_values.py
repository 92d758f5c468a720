"""A tensor is a value: what an op is given stays as it is, and what it gives does not change with what it was given."""

import operator as python

import numpy as np
import pytest

from lamina import GradientTape, Variable, ops, tree
from lamina.engines import engine


def arrays_in(structure):
    return [x for x in tree.flatten(structure) if isinstance(x, np.ndarray) and x.dtype.kind not in "USO"]


def copied(structure):
    return tree.map_structure(lambda x: x.copy() if isinstance(x, np.ndarray) else x, structure)


def values_of(result):
    return [ops.convert_to_numpy(x) for x in tree.flatten(result) if ops.is_tensor(x)]


def test_an_op_leaves_what_it_is_given_and_keeps_what_it_gives(case):
    args, kwargs = copied(case.args), copied(case.kwargs)
    given = arrays_in((list(args), kwargs))
    for array in given:
        array.flags.writeable = False
    before = [array.copy() for array in given]
    result = getattr(ops, case.name)(*args, **kwargs)
    for array, old in zip(given, before):
        np.testing.assert_array_equal(array, old)
    kept = values_of(result)
    for array in given:
        array.flags.writeable = True
        array[...] = np.ones((), array.dtype)
    for now, then in zip(values_of(result), kept, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize("name", ["reshape", "transpose", "copy", "squeeze", "flip", "ravel", "stop_gradient"])
def test_what_is_made_of_a_variable_does_not_change_with_it(name):
    v = Variable(np.arange(6.0).reshape(1, 2, 3))
    made = getattr(ops, name)(v, (3, 2)) if name == "reshape" else getattr(ops, name)(v)
    kept = [made, v.value, v[0], +v, ops.convert_to_tensor(v), v.assign_add(ops.zeros((1, 2, 3))), next(iter(v))]
    before = [ops.convert_to_numpy(x) for x in kept]
    v.assign(np.full((1, 2, 3), 9.0))
    for x, old in zip(kept, before):
        np.testing.assert_array_equal(np.asarray(x), old)


def test_convert_to_numpy_gives_an_array_of_the_callers_own():
    source, variable = np.ones(3, "float32"), Variable(np.ones(3, "float32"))
    tensor = ops.convert_to_tensor(source)
    for x in (source, tensor, variable):
        array = ops.convert_to_numpy(x)
        assert type(array) is np.ndarray
        array += 1
        np.testing.assert_array_equal(np.asarray(x), 1)
    source += 1
    np.testing.assert_array_equal(np.asarray(tensor), 1)


def changed(x):
    """A function that writes as programs do, and what it must give: 2 (x + 1)² + x."""
    y = x
    y += 1
    z = y
    z *= y
    y = 2
    y *= z
    y += x
    return y


@pytest.mark.parametrize("way", ["under a tape", "compiled", "spec", "variable"])
def test_in_place_operators_make_new_tensors(way):
    x = np.array([1.0, 2.0, -3.0], "float32")
    wanted = 2 * (x + 1) ** 2 + x
    tensor = ops.convert_to_tensor(x)
    if way == "under a tape":
        with GradientTape() as tape:
            tape.watch(tensor)
            y = changed(tensor)
        np.testing.assert_allclose(np.asarray(tape.gradient(y, tensor)), 4 * (x + 1) + 1, rtol=1e-6)
    elif way == "compiled":
        y = engine.compile(changed)(x)
    elif way == "variable":
        y = changed(Variable(x))
    else:
        assert engine.spec(changed, engine.Spec((3,), "float32")).shape == (3,)
        return
    np.testing.assert_allclose(np.asarray(y), wanted, rtol=1e-6)
    np.testing.assert_array_equal(np.asarray(tensor), x)


@pytest.mark.parametrize("operator", "add sub mul truediv floordiv mod pow and or xor lshift rshift".split())
def test_every_in_place_operator(operator):
    is_integral = operator in ("and", "or", "xor", "lshift", "rshift")
    x = np.array([1, 2, 3], "int32" if is_integral else "float32")
    tensor = ops.convert_to_tensor(x)
    with GradientTape():  # on torch, its own operators work in place outside of lamina
        new = getattr(python, f"i{operator}")(tensor, 2)
        assert new is not tensor
    method = {"and": "and_", "or": "or_"}.get(operator, operator)
    np.testing.assert_allclose(np.asarray(new), getattr(python, method)(x, 2))
    np.testing.assert_array_equal(np.asarray(tensor), x)


def test_assignment_names_what_to_use():
    def assigned(x):
        x[0] = 1.0
        return x

    x = np.zeros(3, "float32")
    with GradientTape() as tape, pytest.raises(TypeError, match="slice_update"):
        assigned(tape.watch(ops.convert_to_tensor(x)))
    with pytest.raises(TypeError, match="slice_update"):
        engine.compile(assigned)(x)
    with pytest.raises(TypeError, match="slice_update"):
        assigned(Variable(x))


@pytest.mark.native_only("NumPy's functions write into tensors that are NumPy arrays")
def test_numpy_does_not_write_into_a_tensor():
    x = np.ones(3, "float32")
    tensor = ops.convert_to_tensor(x)
    for write in (
        lambda t: np.add(t, 1, out=t),
        lambda t: np.copyto(t, 0),
        lambda t: t.fill(0),
        lambda t: t.sort(),
        lambda t: np.put(t, 0, 5),
    ):
        with pytest.raises((TypeError, ValueError)):
            write(tensor)
    total = np.zeros(3)
    total += tensor
    assert type(total) is np.ndarray and total.flags.writeable
    np.testing.assert_array_equal(total, tensor)
