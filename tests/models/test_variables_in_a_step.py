"""A `train_step` may assign a variable while a tape is at work, and compute with it afterwards."""

import numpy as np

import lamina
from lamina import GradientTape, Variable, layers, ops


class Counting(lamina.Model):
    def train_step(self, data):
        x, y = data
        with GradientTape() as tape:
            loss = ops.mean(ops.square(self(x, training=True) - y))
            self.seen.assign(loss)
        variables = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return {"loss": loss, "twice": ops.add(self.seen, self.seen)}


def test_the_variable_has_the_value_that_was_assigned():
    inputs = layers.Input((4,))
    model = Counting(inputs, layers.Dense(1)(inputs))
    model.seen = Variable(0.0, trainable=False)
    model.compile("sgd")
    x = np.random.default_rng(0).normal(size=(20, 4)).astype("float32")
    history = model.fit(x, x[:, :1], epochs=2, batch_size=8, verbose=0).history
    np.testing.assert_allclose(history["twice"], 2 * np.array(history["loss"]), rtol=1e-6)
