"""`K.gradients` and `K.function`: derivatives against finite differences, cuts in the graph, updates, phases."""

import numpy as np
import pytest

import lamina
from lamina import backend as K
from lamina import layers

X = np.random.default_rng(0).normal(size=(2, 3)).astype("float32")


@pytest.fixture
def model():
    lamina.utils.set_random_seed(0)
    inputs = layers.Input((3,))
    hidden = layers.Dense(4, activation="tanh", name="hidden")(inputs)
    return lamina.Model(inputs, layers.Dense(2, name="out")(hidden))


def differences(f, x, step=1e-2):
    gradient = np.zeros_like(x)
    for place in np.ndindex(*x.shape):
        up, down = x.copy(), x.copy()
        up[place] += step
        down[place] -= step
        gradient[place] = (f(up) - f(down)) / (2 * step)
    return gradient


def test_gradient_by_the_input(model):
    loss = K.sum(K.square(model.output))
    (gradient,) = K.gradients(loss, model.input)
    assert gradient.shape == (None, 3) and gradient.dtype == "float32"
    value, found = K.function([model.input], [loss, gradient])([X])
    assert type(found) is np.ndarray and value == pytest.approx(
        float((model.predict(X, verbose=0) ** 2).sum()), rel=1e-5
    )
    expected = differences(lambda x: float((model.predict(x, verbose=0).astype("float64") ** 2).sum()), X)
    np.testing.assert_allclose(found, expected, rtol=2e-2, atol=2e-3)


def test_gradient_by_a_tensor_inside_and_by_weights(model):
    hidden, out = model.get_layer("hidden"), model.get_layer("out")
    loss = K.sum(model.output[:, 0])
    wanted = [hidden.output, out.kernel, model.input, hidden.kernel]
    gradients = K.gradients(loss, wanted)
    by_hidden, by_kernel, by_input, by_first = K.function([model.input], gradients)([X])
    w = out.kernel.numpy()[:, 0]
    h = np.tanh(X @ hidden.kernel.numpy())
    np.testing.assert_allclose(by_hidden, np.tile(w, (2, 1)), rtol=1e-5)
    np.testing.assert_allclose(by_kernel[:, 0], h.sum(0), rtol=1e-5)
    np.testing.assert_allclose(by_kernel[:, 1], 0)
    # The tensor inside does not cut the others off.
    inner = w * (1 - h**2)
    np.testing.assert_allclose(by_input, inner @ hidden.kernel.numpy().T, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(by_first, X.T @ inner, rtol=1e-4, atol=1e-6)


def test_gradient_of_a_gradient():
    x = K.placeholder((None,))
    (first,) = K.gradients(K.sum(K.pow(x, 3)), x)
    (second,) = K.gradients(K.sum(first), [x])
    found = K.function([x], [first, second])([np.array([1.0, 2.0])])
    assert found[0].tolist() == [3, 12] and found[1].tolist() == [6, 12]


def test_what_a_loss_does_not_depend_on(model):
    other = layers.Input((3,))
    loss = K.sum(model.output)
    assert K.gradients(loss, [other, K.variable(1.0)]) == [None, None]
    assert [g is None for g in K.gradients(loss, [other, model.input])] == [True, False]


def test_losses_are_added():
    x = K.placeholder((2,))
    (gradient,) = K.gradients([K.sum(x), K.sum(x * 2)], x)
    assert K.function([x], [gradient])([[1.0, 1.0]])[0].tolist() == [3, 3]


def test_function_does_not_read_a_learning_phase_that_is_not_among_its_inputs(model):
    shown = K.function([model.layers[0].input], [model.layers[-1].output])
    given = np.random.default_rng(0).normal(size=(2, *model.input_shape[1:]))
    for phase in (0, 1, True):
        np.testing.assert_array_equal(shown([given, phase])[0], shown([given])[0])
    with pytest.raises(ValueError, match="expected 1 inputs; got 2"):
        shown([given, given])


def test_function_follows_training(model):
    f = K.function([model.input], [model.output])
    before = f([X])[0]
    model.set_weights([w * 2 for w in model.get_weights()])
    assert (f([X])[0] != before).any()
    np.testing.assert_allclose(f([X])[0], model.predict(X, verbose=0), rtol=1e-6)


def test_function_from_the_middle_and_structures(model):
    f = K.function(model.get_layer("hidden").output, model.output)
    assert f(np.zeros((5, 4))).shape == (5, 2)
    assert f([np.zeros((5, 4))]).shape == (5, 2)
    both = K.function([model.input], [model.output, model.output, 7.0])([X])
    assert len(both) == 3 and both[2] == 7.0


def test_phase_among_the_inputs():
    model = lamina.Sequential([layers.Input((50,)), layers.Dropout(0.5)])
    f = K.function([model.input, K.learning_phase()], [model.output])
    x = np.ones((1, 50))
    assert (f([x, 0])[0] == 1).all() and (f([x, 1])[0] == 0).any()
    assert K.learning_phase() == 0


def test_updates():
    x = K.placeholder((2,))
    total, count = K.variable(0.0), K.variable(0.0)
    f = K.function([x], [K.sum(x)], updates=[K.update_add(total, K.sum(x)), (count, count.value + 1)])
    f([[1.0, 2.0]])
    assert f([[1.0, 2.0]])[0] == 3
    assert K.get_value(total) == 6 and K.get_value(count) == 1
    K.function([], [], updates=[(count, 5.0)])([])
    assert K.get_value(count) == 5


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda m: K.gradients(np.ones(2), m.input), TypeError, "the loss must be symbolic"),
        (lambda m: K.gradients(m.output, 3), TypeError, "expected KerasTensors or Variables"),
        (lambda m: K.function([3], [m.output]), ValueError, "inputs must be KerasTensors"),
        (lambda m: K.function([layers.Input((1,))], [m.output]), ValueError, "not among the inputs"),
        (lambda m: K.function([m.input], [m.output])([X, X]), ValueError, "expected 1 inputs; got 2"),
        (lambda m: K.function([m.input], [m.output])([X[:, :2]]), ValueError, "has shape .* got an array"),
    ],
)
def test_errors(model, call, error, message):
    with pytest.raises(error, match=message):
        call(model)


@pytest.mark.filterwarnings("ignore:Optimizer.get_updates")
@pytest.mark.parametrize(
    "updates_of",
    [
        lambda optimizer, loss, weights: optimizer.get_updates(loss, weights),
        lambda optimizer, loss, weights: optimizer.get_updates(weights, [], loss),
        lambda optimizer, loss, weights: optimizer.get_updates(weights, loss=loss),
        lambda optimizer, loss, weights: optimizer.get_updates(params=weights, loss=loss),
    ],
    ids=["Keras 2", "Keras 1", "mixed", "names"],
)
def test_get_updates_make_a_step_after_each_call(model, updates_of):
    loss = K.mean(K.square(model.output))
    train = K.function(
        [model.input], [loss], updates=updates_of(lamina.optimizers.SGD(0.1), loss, model.trainable_weights)
    )
    before = [w.copy() for w in model.get_weights()]

    def value_at(kernel):
        model.set_weights([*before[:2], kernel, before[3]])
        return float(np.mean(model.predict(X, verbose=0) ** 2))

    slope = differences(value_at, before[2])
    model.set_weights(before)
    (first,) = train([X])
    np.testing.assert_allclose(first, value_at(before[2]), rtol=1e-5)
    model.set_weights(before)
    train([X])
    np.testing.assert_allclose(model.get_weights()[2], before[2] - 0.1 * slope, atol=1e-3)
    with pytest.raises(TypeError, match="expected loss= and params="):
        lamina.optimizers.SGD().get_updates(loss=loss)


def test_sizes_that_are_not_known_yet_can_be_computed_with():
    inputs = layers.Input((None, 3))
    sizes = K.shape(inputs)
    assert sizes == (None, None, 3)
    scaled = K.sum(inputs) / K.prod(K.cast(sizes, "float32"))
    x = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    np.testing.assert_allclose(K.function([inputs], [scaled, K.prod(sizes)])([x])[0], x.sum() / 30, rtol=1e-5)
