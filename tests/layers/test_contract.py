"""What holds for every layer. A layer without a case in the table fails by name."""

import inspect
import json

import numpy as np
import pytest

from lamina import layers, ops, tree, utils
from lamina._names import NAMES
from lamina.engines import engine
from lamina.layers import Input, Layer
from lamina.models import Model, load_model
from lamina.saving import deserialize_keras_object, serialize_keras_object

POLICIES = ("float32", "float16", "mixed_bfloat16", "float64")
# Bases and layers that need another layer or a function; they have tests of their own.
_APART = {"Layer", "InputLayer", "Wrapper", "Lambda", "SpectralNormalization", "Pipeline", "MaxNumBoundingBoxes"}
_APART |= {"RNN", "Bidirectional", "TimeDistributed", "StackedRNNCells", "SimpleRNNCell", "LSTMCell", "GRUCell"}
_APART |= {"JaxLayer", "FlaxLayer", "TorchModuleWrapper"}  # each on its engine alone: tests/layers/foreign


def make(case, **kwargs):
    name, arguments, x = case
    return getattr(layers, name)(**arguments, **kwargs), x


def inputs_for(x):
    def one(a):
        return Input(a.shape[1:], dtype="string" if a.dtype.kind == "U" else str(a.dtype))

    return tree.map_structure(one, x)


def call(layer, x, **kwargs):
    return layer(*x, **kwargs) if isinstance(x, tuple) else layer(x, **kwargs)


def at_rest(layer, x):
    """A call outside training, also of the layers that train where nothing is said, as Keras's of images do."""
    said = inspect.signature(layer.call).parameters.get("training")
    return call(layer, x, **({"training": False} if said is not None else {}))


def data_of(x):
    return list(x) if isinstance(x, tuple) else x


def dtype_of(x):
    return ops.standardize_dtype(x.dtype)


def test_every_layer_has_a_case(layer_names):
    everything = {name: getattr(layers, name) for name in NAMES["layers"]}
    public = {n: thing for n, thing in everything.items() if isinstance(thing, type) and issubclass(thing, Layer)}
    tested = {thing for name, thing in public.items() if name in layer_names | _APART}
    assert {thing.__name__ for thing in public.values() if thing not in tested} == set()


@pytest.mark.parametrize("policy", POLICIES)
def test_spec_equals_the_real_output(layer_case, policy):
    name, arguments, x = layer_case
    if name in (
        "StringLookup",
        "TextVectorization",
        "IntegerLookup",
        "Hashing",
        "Discretization",
        "HashedCrossing",
    ) and "one_hot" not in str(arguments):
        policy = None  # these give integers, whose dtype the policy would have to name
    layer, x = make(layer_case, dtype=policy)
    spec = call(layer, inputs_for(x))
    real = call(layer, x)
    assert spec.shape[1:] == tuple(real.shape)[1:] and spec.shape[0] is None
    assert spec.dtype == dtype_of(real)
    shapes = tree.map_structure(lambda a: a.shape, x)
    given = layer.compute_output_shape(*shapes) if isinstance(x, tuple) else layer.compute_output_shape(shapes)
    assert tuple(given) == tuple(real.shape)


def test_training_keeps_shape_and_dtype(layer_case):
    layer, x = make(layer_case)
    layer.supports_masking = True
    calm, training = call(layer, x), call(layer, x, training=True)
    assert calm.shape == training.shape and dtype_of(calm) == dtype_of(training)


def test_config_round_trip(layer_case):
    layer, _ = make(layer_case)
    config = layer.get_config()
    again = type(layer).from_config(config)
    assert again.get_config() == config
    text = json.dumps(serialize_keras_object(layer))
    read = deserialize_keras_object(json.loads(text))
    assert json.dumps(serialize_keras_object(read)) == text


def test_build_config_builds_an_equal_layer(layer_case):
    layer, x = make(layer_case)
    call(layer, x)
    again = type(layer).from_config(layer.get_config())
    build_config = layer.get_build_config()
    if build_config:
        again.build_from_config(json.loads(json.dumps(build_config)))
    assert [w.shape for w in again.weights] == [w.shape for w in layer.weights]


def test_save_and_load(layer_case, tmp_path):
    layer, x = make(layer_case)
    inputs = inputs_for(x)
    model = Model(data_of(inputs), call(layer, inputs))
    for weight in model.weights:
        if "float" in weight.dtype:
            weight.assign(np.random.default_rng(1).uniform(0.5, 1.5, weight.shape))
    model.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras")
    assert np.array_equal(np.asarray(model(data_of(x), training=False)), np.asarray(again(data_of(x), training=False)))
    assert json.dumps(serialize_keras_object(again)) == json.dumps(serialize_keras_object(model))
    model.save_weights(tmp_path / "model.weights.h5")
    for weight in again.weights:
        weight.assign(np.zeros(weight.shape))
    again.load_weights(tmp_path / "model.weights.h5")
    assert np.array_equal(np.asarray(model(data_of(x), training=False)), np.asarray(again(data_of(x), training=False)))


def test_layers_without_weights_are_built_at_once(layer_case):
    layer, x = make(layer_case)
    built = layer.built
    call(layer, x)
    assert layer.built
    if not layer.weights and not isinstance(layer, layers.Add.__mro__[1]) and layer_case[0] != "Normalization":
        assert built


def test_repr_names_the_layer(layer_case):
    layer, _ = make(layer_case, name="somebody")
    assert "somebody" in repr(layer) and type(layer).__name__ in repr(layer)


def test_a_compiled_step_gives_what_eager_calls_give(layer_case):
    layer, x = make(layer_case)
    inputs = inputs_for(x)
    model = Model(data_of(inputs), call(layer, inputs))
    model.compile("sgd", "mse")
    expected = np.asarray(model(data_of(x), training=False))
    np.testing.assert_allclose(model.predict(data_of(x), verbose=0), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_training_steps_are_compiled_and_gradients_flow(layer_case, policy):
    utils.set_random_seed(0)  # spatial dropout of all channels would leave no gradient
    if getattr(layers, layer_case[0]).is_host_layer or layer_case[0] in (
        "Discretization",
        "CategoryEncoding",
        "Masking",
        "RandomPosterization",
        "ContrastLimitedAdaptiveHistogramEqualization",
    ):
        pytest.skip("nothing before or in it is trained")
    layer, x = make(layer_case, dtype=policy)
    inputs = inputs_for(x)
    is_float = "float" in str(tree.flatten(x)[0].dtype)
    before = layers.Dense(tree.flatten(x)[0].shape[-1], name="before")
    start = (
        tree.map_structure(lambda a: before(a) if a.shape[-1] == before.units else a, inputs) if is_float else inputs
    )
    model = Model(data_of(inputs), ops.cast(call(layer, start), "float32"))
    model.compile("sgd", "mse", run_eagerly=False)
    expected = np.zeros(np.shape(model(data_of(x))), "float32") + 0.3
    old = [w.numpy() for w in model.trainable_weights]
    assert np.isfinite(model.train_on_batch(data_of(x), expected))
    changed = [not np.array_equal(w.numpy(), o) for w, o in zip(model.trainable_weights, old)]
    assert all(changed[i] for i, w in enumerate(model.trainable_weights) if w.path.endswith(("kernel", "embeddings")))


@pytest.mark.parametrize("rows", [1, 0])
def test_batches_of_one_row_and_of_none(layer_case, rows):
    layer, x = make(layer_case)
    whole = np.asarray(at_rest(layer, x))
    if layer_case[0] == "CategoryEncoding" and x.ndim == 1:
        pytest.skip("the codes of one sample, not a batch")
    few = tree.map_structure(lambda a: a[:rows], x)
    results = [at_rest(layer, few)]
    if not layer.is_host_layer:
        results.append(engine.compile(lambda given: at_rest(layer, given))(few))
    for result in results:
        assert tuple(result.shape) == (rows, *whole.shape[1:])
        np.testing.assert_allclose(np.asarray(result), whole[:rows], atol=1e-5, rtol=1e-5)


def test_a_layer_leaves_what_it_is_given(layer_case):
    layer, x = make(layer_case)
    given = tree.map_structure(np.copy, x)
    for array in tree.flatten(given):
        array.flags.writeable = False
    for training in (False, True):
        layer.supports_masking = True
        call(layer, given, training=training)
    output = call(layer, given)
    result = np.asarray(output).copy()
    for array, old in zip(tree.flatten(given), tree.flatten(x)):
        np.testing.assert_array_equal(array, old)
        array.flags.writeable = True
        array[...] = array.reshape(-1)[0]
    np.testing.assert_array_equal(np.asarray(output), result)
