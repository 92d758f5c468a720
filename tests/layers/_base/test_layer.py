"""The life cycle of a layer."""

import numpy as np
import pytest

from lamina import layers, metrics, ops, regularizers
from lamina.layers import Dense, Dropout, Embedding, Input, Layer
from lamina.ops._symbolic import KerasTensor
from lamina.variables import SeedGenerator, StateScope, Variable


def ones(*shape):
    return np.ones(shape, "float32")


class Scale(Layer):
    builds = 0

    def build(self, input_shape):
        self.builds += 1
        self.seen = input_shape
        self.factor = self.add_weight(shape=input_shape[-1:], initializer="ones", name="factor")

    def call(self, x):
        return x * self.factor


def test_builds_once_with_the_shape_of_the_first_input():
    layer = Scale()
    assert not layer.built
    layer(ones(2, 3))
    layer(ones(5, 3))
    assert layer.built and layer.builds == 1 and layer.seen == (2, 3)
    assert layer.get_build_config() == {"input_shape": (2, 3)}


def test_build_from_config_takes_lists_as_shapes():
    layer = Scale()
    layer.build_from_config({"input_shape": [None, 4]})
    assert layer.seen == (None, 4) and layer.factor.shape == (4,)


def test_several_shapes_go_to_build_by_argument_name():
    class Two(Layer):
        def build(self, query_shape, value_shape):
            self.shapes = (query_shape, value_shape)

        def call(self, query, value):
            return query + value

    layer = Two()
    assert layer(ones(2, 3), value=ones(2, 1)).shape == (2, 3)
    assert layer.shapes == ((2, 3), (2, 1))
    assert layer.get_build_config() == {"shapes_dict": {"query_shape": (2, 3), "value_shape": (2, 1)}}
    again = Two()
    again.build_from_config({"shapes_dict": {"query_shape": [2, 3], "value_shape": [2, 1]}})
    assert again.shapes == ((2, 3), (2, 1))


def test_build_with_a_name_that_call_lacks_says_so():
    class Bad(Layer):
        def build(self, x_shape, z_shape):
            pass

        def call(self, x, y):
            return x

    with pytest.raises(ValueError, match=r"z_shape.*call\(\) was given tensors named \['x', 'y'\]"):
        Bad()(ones(2), ones(2))


def test_build_gets_a_dict_of_shapes_for_a_dict_of_inputs():
    class Named(Layer):
        def build(self, input_shape):
            self.seen = input_shape

        def call(self, inputs):
            return inputs["a"] + inputs["b"]

    layer = Named()
    layer({"a": ones(2, 3), "b": ones(2, 1)})
    assert layer.seen == {"a": (2, 3), "b": (2, 1)}


class Block(Layer):
    def __init__(self, units=2, **kwargs):
        super().__init__(**kwargs)
        self.stages = [Dense(units), Dense(units)]
        self.by_name = {"last": Dense(1)}
        self.drop = Dropout(0.5, seed=1)
        self.counter = Variable(np.zeros((), "float32"), trainable=False, name="counter")

    def call(self, x, training=None):
        for stage in self.stages:
            x = stage(x)
        return self.by_name["last"](self.drop(x))


def test_state_in_lists_and_dicts_is_tracked_in_order():
    block = Block(3, name="block")
    block(ones(4, 2))
    paths = [w.path for w in block.weights]
    assert [p.split("/")[-1] for p in paths] == ["counter", *["kernel", "bias"] * 3]  # own variables come first
    assert all(p.startswith("block/dense") for p in paths if p != "counter")
    assert len(block.trainable_variables) == 6
    assert len(block.variables) == len(block.weights) + 1  # the seed's state
    assert block.count_params() == 1 + (2 * 3 + 3) + (3 * 3 + 3) + (3 + 1)


def test_state_in_tuples_is_tracked_even_where_it_comes_later():
    layer, later = Layer(), []
    layer.strides, layer.pair, layer.open = (1, 2), (Dense(1), 3), (0, later)
    later.append(Dense(2))
    assert layer._flatten_layers(include_self=False) == [layer.pair[0], later[0]]


def test_a_layer_appended_to_a_list_later_counts():
    block = Block()
    block(ones(1, 2))
    before = len(block.weights)
    extra = Dense(2)
    extra.build((None, 2))
    block.stages.append(extra)
    assert len(block.weights) == before + 2


def test_a_replaced_layer_no_longer_counts():
    class Holder(Layer):
        def __init__(self):
            super().__init__()
            self.inner = Dense(2)
            self.inner = Dense(3)

        def call(self, x):
            return self.inner(x)

    holder = Holder()
    holder(ones(1, 2))
    assert [w.shape for w in holder.weights] == [(2, 3), (3,)]


def test_new_state_after_building_is_refused():
    layer = Scale()
    layer(ones(1, 2))
    with pytest.raises(ValueError, match="is built already"):
        layer.late = Dense(2)


def test_seeds_are_variables_but_not_weights():
    layer = Dropout(0.5, seed=3)
    assert layer.weights == [] and len(layer.variables) == 1
    assert layer.non_trainable_variables == layer.variables
    assert isinstance(layer.seed_generator, SeedGenerator)


def test_metrics_are_tracked_apart_from_weights():
    class Measured(Layer):
        def __init__(self):
            super().__init__()
            self.seen = metrics.Mean(name="seen")

        def call(self, x):
            return x

    layer = Measured()
    assert [m.name for m in layer.metrics] == ["seen"]
    assert layer.weights == [] and len(layer.metrics_variables) == 2


def test_trainable_reaches_everything_inside():
    block = Block()
    block(ones(1, 2))
    block.trainable = False
    assert block.trainable_weights == [] and len(block.non_trainable_weights) == 7
    assert not block.stages[0].trainable and not block.stages[0].kernel.trainable
    names = [w.path for w in block.weights]
    block.trainable = True
    assert len(block.trainable_weights) == 6 and not block.counter.trainable
    assert [w.path for w in block.weights] == names


def test_freezing_before_building_freezes_later_weights():
    layer = Dense(2, trainable=False)
    layer(ones(1, 3))
    assert layer.trainable_weights == []
    layer.trainable = True
    assert len(layer.trainable_weights) == 2


def test_stateless_layers_are_built_once_constructed():
    for layer in (layers.ReLU(), layers.Flatten(), Dropout(0.1), layers.Reshape((1, -1)), layers.Identity()):
        assert layer.built, layer


class Training(Layer):
    def __init__(self):
        super().__init__()
        self.seen = []

    def call(self, x, training=None):
        self.seen.append(training)
        return x


def test_training_comes_from_the_call_around():
    class Outer(Layer):
        def __init__(self):
            super().__init__()
            self.inner = Training()
            self.other = Training()

        def call(self, x, training=None):
            return self.other(self.inner(x), training=False)

    outer = Outer()
    outer(ones(1), training=True)
    outer(ones(1))
    assert outer.inner.seen == [True, None] and outer.other.seen == [False, False]


def test_training_is_restored_after_an_error():
    class Failing(Layer):
        def call(self, x, training=None):
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        Failing()(ones(1), training=True)
    layer = Training()
    layer(ones(1))
    assert layer.seen == [None]


def test_masks_travel_and_are_filled_in():
    class Sees(Layer):
        def __init__(self):
            super().__init__()
            self.supports_masking = True

        def call(self, x, mask=None):
            self.mask = mask
            return x * 2.0

    x = Embedding(5, 2, mask_zero=True)(np.array([[1, 0, 2]]))
    assert x._keras_mask.tolist() == [[True, False, True]]
    layer = Sees()
    assert layer(x)._keras_mask.tolist() == [[True, False, True]]
    assert layer.mask.tolist() == [[True, False, True]]
    assert getattr(Dense(2)(x), "_keras_mask", None) is not None
    assert getattr(layers.Flatten()(x), "_keras_mask", None) is None


def test_masks_travel_through_a_functional_model():
    inputs = Input((3,), dtype="int32")
    x = Embedding(5, 2, mask_zero=True)(inputs)
    outputs = layers.BatchNormalization()(x)
    from lamina.models import Model

    model = Model(inputs, outputs)
    assert model(np.array([[1, 0, 2]]))._keras_mask.tolist() == [[True, False, True]]


def test_an_input_of_the_wrong_size_is_named():
    layer = Dense(2, name="logits")
    layer(ones(1, 3))
    with pytest.raises(ValueError, match=r'Dense "logits" expected its input to have 3 on axis -1.*built on \(1, 3\)'):
        layer(ones(1, 4))
    with pytest.raises(ValueError, match='from "hidden"'):
        layer(Dense(5, name="hidden")(Input((2,))))


def test_errors_carry_the_layer_and_its_inputs():
    class Failing(Layer):
        def call(self, x):
            raise RuntimeError("no")

    with pytest.raises(RuntimeError) as caught:
        Failing(name="bad")(ones(2, 3))
    assert caught.value.__notes__ == ['In layer Failing "bad", called with x=float32(2,3).']


def test_forgetting_super_init_is_named():
    class Bad(Layer):
        def __init__(self):
            self.inner = Dense(1)

    with pytest.raises(RuntimeError, match=r"super\(\).__init__\(\)"):
        Bad()(ones(1, 1))


def test_unknown_arguments_are_refused():
    with pytest.raises(ValueError, match="unknown argument.*colour"):
        Dense(2, colour="red")


def test_losses_are_those_of_the_last_call():
    layer = Dense(2, kernel_regularizer=regularizers.L2(0.5), activity_regularizer="l1", kernel_initializer="ones")
    layer(ones(1, 3))
    layer(ones(1, 3))
    values = sorted(float(loss) for loss in layer.losses)
    np.testing.assert_allclose(values, sorted([0.5 * 6, 0.01 * 6]), rtol=1e-6)


def test_add_loss_inside_a_state_scope_goes_to_the_scope():
    class Penalised(Layer):
        def call(self, x):
            self.add_loss(ops.sum(x))
            return x

    layer = Penalised()
    with StateScope() as scope:
        layer(ones(2))
        assert [float(v) for v in layer.losses] == [2.0]
    assert [float(v) for v in scope.losses] == [2.0]
    assert layer.losses == []


def test_stateless_call_changes_nothing_outside():
    layer = layers.BatchNormalization()
    x = np.arange(6, dtype="float32").reshape(3, 2)
    layer.build((None, 2))
    trainable = [v.numpy() for v in layer.trainable_variables]
    fixed = [v.numpy() for v in layer.non_trainable_variables]
    outputs, changed = layer.stateless_call(trainable, fixed, x, training=True)
    assert np.allclose(outputs.mean(axis=0), 0, atol=1e-5)
    assert np.allclose(changed[0], 0.01 * x.mean(axis=0))
    assert all(np.array_equal(v.numpy(), f) for v, f in zip(layer.non_trainable_variables, fixed))
    with pytest.raises(ValueError, match="expected 2 trainable_variables; got 1"):
        layer.stateless_call(trainable[:1], fixed, x)


def test_config_of_a_plain_subclass_comes_from_its_arguments():
    block = Block(5, name="b")
    config = block.get_config()
    assert config["units"] == 5 and config["name"] == "b"
    assert Block.from_config(config).get_config() == config

    class Odd(Layer):
        def __init__(self, thing, **kwargs):
            super().__init__(**kwargs)

        def call(self, x):
            return x

    with pytest.raises(NotImplementedError, match="get_config"):
        Odd(object()).get_config()


def test_config_keeps_tuples_and_lists_apart():
    assert layers.Reshape([2, 3]).get_config()["target_shape"] == (2, 3)
    assert layers.Softmax(axis=[1, 2]).get_config()["axis"] == [1, 2]


def test_set_weights_names_the_array_that_does_not_fit():
    layer = Dense(2)
    layer.build((None, 3))
    with pytest.raises(ValueError, match="expected 2 arrays; got 1"):
        layer.set_weights([ones(3, 2)])
    with pytest.raises(ValueError, match=r"kernel has shape \(3, 2\); got an array of shape \(2, 3\)"):
        layer.set_weights([ones(2, 3), ones(2)])
    layer.set_weights([ones(3, 2), ones(2)])
    assert layer(ones(1, 3)).tolist() == [[4.0, 4.0]]


def test_mixed_policy_keeps_float32_weights_and_computes_in_half():
    layer = Dense(2, dtype="mixed_float16")
    y = layer(ones(1, 3))
    assert layer.kernel.dtype == "float32" and ops.dtype(y) == "float16"
    assert layer.compute_dtype == "float16" and layer.variable_dtype == "float32"
    inner = Dense(2, dtype="float32")

    class Outer(Layer):
        def call(self, x):
            return inner(x)

    assert ops.dtype(Outer(dtype="mixed_float16")(ones(1, 3))) == "float32"


def test_integer_inputs_are_not_cast():
    class Sees(Layer):
        def call(self, x):
            self.dtype_seen = ops.dtype(x)
            return x

    layer = Sees(dtype="float16")
    layer(np.array([1, 2], "int64"))
    assert layer.dtype_seen == "int64"
    layer(np.array([1.0, 2.0]))
    assert layer.dtype_seen == "float16"


def test_symbolic_call_of_a_composite_layer_builds_what_is_inside():
    block = Block(3)
    y = block(Input((4,)))
    assert isinstance(y, KerasTensor) and y.shape == (None, 1)
    assert block.built and all(layer.built for layer in block.stages)
    assert block.stages[0].kernel.shape == (4, 3)


def test_calls_with_python_lists_of_numbers():
    assert Dense(2)([[1.0, 2.0]]).shape == (1, 2)


def test_a_string_is_no_input():
    with pytest.raises(ValueError, match="expected a tensor"):
        Dense(2)("text")


def test_reading_own_variables_checks_number_and_shape():
    layer = Dense(2, name="d")
    layer.build((None, 3))
    with pytest.raises(ValueError, match='"d" has 2 variables'):
        layer.load_own_variables({"0": ones(3, 2)})
    with pytest.raises(ValueError, match=r"bias has shape \(2,\); the file holds shape \(3,\)"):
        layer.load_own_variables({"0": ones(3, 2), "1": ones(3)})


def test_activity_is_penalised_the_same_for_batches_of_any_size():
    for rows in (1, 5):
        layer = layers.Activation("linear", activity_regularizer=regularizers.L2(0.5))
        layer(2.0 * np.ones((rows, 3), "float32"))
        np.testing.assert_allclose(layer.losses[0], 0.5 * 4.0 * 3)


@pytest.mark.parametrize("trainable", ["yes", 1, None])
def test_trainable_is_true_or_false(trainable):
    with pytest.raises(ValueError, match="trainable must be True or False"):
        Dense(2, trainable=trainable)


class Flagged(Layer):
    def call(self, x, flag):
        return x if flag else -x


def test_options_are_passed_by_keyword():
    with pytest.raises(ValueError, match="as 'flag'; got True"):
        Flagged()(np.ones((1, 2)), True)
    np.testing.assert_array_equal(Flagged()(np.ones((1, 2)), flag=False), [[-1.0, -1.0]])


def test_a_config_that_makes_no_layer_is_a_type_error():
    with pytest.raises(TypeError, match=r"Embedding\.from_config.*input_dim must be a positive integer"):
        Embedding.from_config({"input_dim": 3.5, "output_dim": 2})


class Late(Layer):
    def call(self, x):
        self.w = self.add_weight(shape=(), initializer="zeros")
        return x + self.w


def test_weights_are_not_made_in_a_call():
    with pytest.raises(ValueError, match="is built already"):
        Late()(np.ones((1, 2)))


def test_add_variable_is_add_weight():
    layer = Layer()
    variable = layer.add_variable((2,), "ones", trainable=False, name="count")
    assert layer.non_trainable_weights == [variable]
    np.testing.assert_array_equal(variable, [1.0, 1.0])


def test_a_list_that_holds_itself_is_looked_into_once():
    layer = Layer()
    layer.blocks = [Dense(2)]
    layer.blocks.append(layer.blocks)
    layer.blocks[0].build((None, 3))
    assert len(layer.weights) == 2
