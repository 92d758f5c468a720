"""Many classes: topics of newswires (Keras 2)."""

import os
import random

import numpy as np
from keras import layers, models
from keras.datasets import reuters
from keras.utils.np_utils import to_categorical

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

path = os.path.abspath("reuters.npz")
(train_data, train_labels), (test_data, test_labels) = reuters.load_data(path=path, num_words=110, test_split=0.2)
assert len(train_data) == 560 and max(train_labels) == 45


def vectorize_sequences(sequences, dimension=110):
    results = np.zeros((len(sequences), dimension))
    for i, sequence in enumerate(sequences):
        for word in sequence:
            results[i, word] += 1.0
    return results


x_train, x_test = vectorize_sequences(train_data), vectorize_sequences(test_data)
one_hot_train_labels, one_hot_test_labels = to_categorical(train_labels, 46), to_categorical(test_labels, 46)

model = models.Sequential()
model.add(layers.Dense(64, activation="relu", input_shape=(110,)))
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(46, activation="softmax"))
model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["acc"])
history = model.fit(x_train, one_hot_train_labels, epochs=30, batch_size=32, validation_split=0.1, verbose=0)
assert history.history["acc"][-1] > history.history["acc"][0]
results = model.evaluate(x_test, one_hot_test_labels, verbose=0)
assert results[1] > 0.7, results
predictions = model.predict(x_test)
assert predictions.shape == (140, 46) and abs(np.sum(predictions[0]) - 1) < 1e-5

model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["acc"])
assert abs(model.evaluate(x_test, np.array(test_labels), verbose=0)[0] - results[0]) < 1e-4
