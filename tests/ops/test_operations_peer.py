"""The operations that Keras writes into files of graphs, and lamina's that Keras reads."""

import importlib
import inspect
import json
import pkgutil

import numpy as np
import pytest

import lamina
from lamina import ops, tree
from lamina.ops._op import operations
from lamina.variables._registry import find_class

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.peer

ABSTRACT = {"SegmentReduction"}
# They take no tensors, so no graph holds them.
MAKERS = {"Bartlett", "Blackman", "Empty", "Eye", "Hamming", "Hanning", "Identity", "Kaiser", "Ones", "Tri", "Zeros"}
# Ops whose KerasTensors Keras itself cannot make, write or read back on this backend.
KERAS_GAPS = {"unstack", "histogram", "argpartition", "array", "convert_to_tensor"}


def keras_operations():
    import keras.src.activations as activations
    import keras.src.ops as home

    names = [m.name for m in pkgutil.iter_modules(home.__path__, home.__name__ + ".") if not m.name.endswith("_test")]
    modules = [importlib.import_module(name) for name in (*names, f"{activations.__name__}.activations")]
    base = importlib.import_module("keras.src.ops.operation").Operation
    layer = importlib.import_module("keras.src.layers.layer").Layer
    return {
        thing
        for module in modules
        for thing in vars(module).values()
        if inspect.isclass(thing) and issubclass(thing, base) and not issubclass(thing, layer) and thing is not base
        and thing.__module__ == module.__name__
    }  # fmt: skip


def test_every_operation_of_keras_is_known():
    found = {cls for cls in keras_operations() if cls.__name__ not in ABSTRACT | {"Function"}}
    assert len(found) > 300
    unknown = []
    for cls in found:
        config = {"module": cls.__module__, "class_name": cls.__name__, "registered_name": cls.__name__}
        try:
            find_class(config)
        except ValueError:
            unknown.append(cls.__name__)
    assert unknown == []


def test_every_operation_of_ours_is_known_to_keras():
    theirs = {(cls.__module__, cls.__name__) for cls in keras_operations()}
    ours = {(cls._keras_module, name) for name, cls in operations().items() if name not in MAKERS}
    assert ours - theirs == set()


def leaves(args):
    return [x for x in tree.flatten(args) if isinstance(x, np.ndarray)]


def graph(house, case):
    """The model that the call of the case makes of its arrays, inputs with their own batch size."""
    arrays = leaves(case.args)
    inputs = [house.Input(batch_shape=x.shape, dtype=ops.dtype(x)) for x in arrays]
    given = iter(inputs)
    args = tree.map_structure(lambda x: next(given) if isinstance(x, np.ndarray) else x, case.args)
    outputs = tree.flatten(getattr(house.ops, case.name)(*args, **case.kwargs))
    return house.Model(inputs, outputs)


def agree(a, b, case):
    arrays = leaves(case.args)
    mine, yours = ([np.asarray(x) for x in tree.flatten(m(arrays))] for m in (a, b))
    assert len(mine) == len(yours)
    for x, y in zip(mine, yours):
        np.testing.assert_allclose(x, y, rtol=1e-4, atol=1e-5)


def usable(case):
    if "method" in case.kwargs and "quantile" in case.name:
        pytest.skip("a graph of Keras forgets the method")
    if not case.symbolic or not case.peer or not leaves(case.args) or not hasattr(keras.ops, case.name):
        pytest.skip("no call on symbolic tensors with one answer")
    if case.name in KERAS_GAPS or any(x.ndim == 0 for x in leaves(case.args)):
        pytest.skip("not in a model of Keras")


def through_text(house, model):
    return house.saving.deserialize_keras_object(json.loads(json.dumps(house.saving.serialize_keras_object(model))))


def theirs_for(case):
    """Keras's model of the call. Skips what Keras cannot write and read back itself."""
    try:
        theirs = graph(keras, case)
        agree(through_text(keras, theirs), theirs, case)
    except Exception as error:
        pytest.skip(f"Keras does not do this in a file of its own: {type(error).__name__}")
    return theirs


def test_from_keras(case):
    usable(case)
    theirs = theirs_for(case)
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(theirs)))
    agree(lamina.saving.deserialize_keras_object(config), theirs, case)


def test_to_keras(case):
    usable(case)
    theirs_for(case)
    ours = graph(lamina, case)
    config = json.loads(json.dumps(lamina.saving.serialize_keras_object(ours)))
    agree(ours, keras.saving.deserialize_keras_object(config), case)


def one(house, function, *shapes):
    inputs = [house.Input(shape) for shape in shapes]
    return house.Model(inputs, function(*inputs))


X = np.array([[0.5, -1.25, 2.0], [7.5, -0.75, 0.25]], "float32")
FURTHER = {
    "abs": lambda k, x: k.ops.abs(x),
    "conj": lambda k, x: k.ops.conj(x),
    "true_divide": lambda k, x: k.ops.true_divide(x, x + 10.0),
    "size": lambda k, x: k.ops.cast(k.ops.size(x), "float32") + x,
    "convert_to_tensor": lambda k, x: k.ops.convert_to_tensor(x, dtype="float16"),
    "relu": lambda k, x: k.activations.relu(x, negative_slope=0.1, max_value=5.0, threshold=0.3),
    "relu6": lambda k, x: k.activations.relu(x, max_value=6.0),
}


@pytest.mark.parametrize("name", FURTHER)
def test_second_names_and_activations(name):
    theirs = one(keras, lambda x: FURTHER[name](keras, x), (3,))
    text = json.dumps(keras.saving.serialize_keras_object(theirs))
    ours = lamina.saving.deserialize_keras_object(json.loads(text))
    np.testing.assert_allclose(np.asarray(ours(X)), np.asarray(theirs(X)), rtol=1e-5)
    back = keras.saving.deserialize_keras_object(json.loads(json.dumps(lamina.saving.serialize_keras_object(ours))))
    np.testing.assert_allclose(np.asarray(back(X)), np.asarray(theirs(X)), rtol=1e-5)


def test_jvp():
    value, slope = operations()["JVP"]()(ops.square, (X,), (np.ones_like(X),))
    np.testing.assert_allclose(slope, 2 * X, rtol=1e-6)
    np.testing.assert_allclose(value, X**2, rtol=1e-6)
