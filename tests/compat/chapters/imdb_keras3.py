"""Two classes: reviews as vectors of words that occur (Keras 3)."""

import os
import random

import keras
import numpy as np
from keras import layers

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

(train_data, train_labels), (test_data, test_labels) = keras.datasets.imdb.load_data(
    path=os.path.abspath("imdb.npz"), num_words=100
)


def multi_hot_encode(sequences, num_classes):
    results = np.zeros((len(sequences), num_classes))
    for i, sequence in enumerate(sequences):
        results[i][sequence] = 1.0
    return results


x_train, x_test = multi_hot_encode(train_data, 100), multi_hot_encode(test_data, 100)
y_train, y_test = train_labels.astype("float32"), test_labels.astype("float32")

model = keras.Sequential(
    [
        layers.Dense(16, activation="relu"),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, epochs=12, batch_size=32, validation_split=0.2, verbose=0)
assert len(history.history["val_loss"]) == 12
assert model.evaluate(x_test, y_test, verbose=0, return_dict=True)["accuracy"] > 0.9
