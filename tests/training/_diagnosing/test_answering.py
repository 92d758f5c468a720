"""What a model answers to some rows: as `predict` would, from the same state each time, and nothing is changed by it."""

import numpy as np

import lamina
from lamina import layers
from lamina.diagnosis._network import Network
from lamina.training._diagnosing._answering import answering
from lamina.training._diagnosing._pass import Look

X = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")
LOOK = Look(batch=(X, None, None))


class Drawing(layers.Layer):
    def __init__(self):
        super().__init__()
        self.seeds = lamina.random.SeedGenerator(3)

    def call(self, x):
        return x + lamina.random.normal(lamina.ops.shape(x), seed=self.seeds)


def net(*chain, **given):
    return Network(lamina.Sequential([lamina.Input((4,)) if not given else lamina.Input(**given), *chain]))


def test_the_answers_are_those_of_predict():
    network = net(layers.Dense(8, "relu"), layers.Dropout(0.5), layers.Dense(2))
    answer = answering(network, LOOK)(X[:5])
    np.testing.assert_allclose(answer.outputs[0], network.model.predict(X[:5], verbose=0), rtol=1e-5, atol=1e-6)
    assert [call.layer for call in answer.calls if call.layer.weights] == [
        layer for layer in network.layers if layer.weights
    ]


def test_each_begins_with_the_same_draws_and_goes_on_from_there():
    network = net(Drawing())
    before = np.array(network.model.layers[0].seeds.state.numpy())
    ask = answering(network, LOOK)
    first, same, second = ask(X), ask(X), ask(X, times=2)
    assert np.array_equal(first.outputs[0], same.outputs[0])
    assert not np.allclose(first.outputs[0], second.outputs[0])
    assert np.array_equal(network.model.layers[0].seeds.state.numpy(), before)


def test_what_cannot_be_asked():
    assert answering(net(layers.Dense(1)), Look()) is None
    assert answering(net(layers.Dense(1), batch_shape=(16, 4)), LOOK) is None
    assert answering(net(layers.Dense(4)), LOOK)(X[:, :3]) is None
