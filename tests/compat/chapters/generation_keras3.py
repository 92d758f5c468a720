"""Text made word by word by a small decoder with a causal mask, and a callback that shows it (Keras 3)."""

import random

import keras
import numpy as np
from keras import layers, ops

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

text = open("story.txt").read().replace(".", " .")
vectorization = layers.TextVectorization(standardize=None, split="whitespace", output_sequence_length=None)
vectorization.adapt([text])
words = vectorization.get_vocabulary()
tokens = ops.convert_to_numpy(vectorization([text]))[0]
length = 8
x = np.stack([tokens[i : i + length] for i in range(len(tokens) - length)])
y = np.stack([tokens[i + 1 : i + length + 1] for i in range(len(tokens) - length)])


class Positions(layers.Layer):
    def build(self, shape):
        self.table = self.add_weight(shape=(length, shape[-1]), initializer="uniform", name="table")

    def call(self, x):
        return x + self.table[: ops.shape(x)[1]]


inputs = keras.Input(shape=(length,), dtype="int32")
h = Positions()(layers.Embedding(len(words), 24)(inputs))
attended = layers.MultiHeadAttention(2, 12)(h, h, use_causal_mask=True)
h = layers.LayerNormalization()(h + attended)
h = layers.LayerNormalization()(h + layers.Dense(24)(layers.Dense(48, activation="relu")(h)))
model = keras.Model(inputs, layers.Dense(len(words), activation="softmax")(h))


class TextGenerator(keras.callbacks.Callback):
    def __init__(self, prompt, made, temperature):
        super().__init__()
        self.prompt, self.made, self.temperature, self.shown = prompt, made, temperature, []

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % 10:
            return
        said = list(self.prompt)
        for _ in range(self.made):
            probabilities = self.model.predict(np.array([said[-length:]]), verbose=0)[0, -1].astype("float64")
            scaled = np.exp(np.log(probabilities + 1e-12) / self.temperature)
            said.append(np.random.choice(len(words), p=scaled / scaled.sum()))
        self.shown.append(" ".join(words[i] for i in said))


generator = TextGenerator(tokens[:length], 8, 0.2)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=64, epochs=20, callbacks=[generator], verbose=0)
assert len(generator.shown) == 2
assert generator.shown[-1] in text, generator.shown
