"""Two classes: reviews as vectors of words that occur (Keras 2)."""

import os
import random

import numpy as np
from keras import layers, losses, metrics, models, optimizers, regularizers
from keras.datasets import imdb

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

(train_data, train_labels), (test_data, test_labels) = imdb.load_data(path=os.path.abspath("imdb.npz"), num_words=100)
word_index = imdb.get_word_index(path=os.path.abspath("imdb_word_index.json"))
reverse_word_index = dict([(value, key) for (key, value) in word_index.items()])
decoded_review = " ".join([reverse_word_index.get(i - 3, "?") for i in train_data[0]])
assert decoded_review.startswith("? word")


def vectorize_sequences(sequences, dimension=100):
    results = np.zeros((len(sequences), dimension))
    for i, sequence in enumerate(sequences):
        results[i, sequence] = 1.0
    return results


x_train, x_test = vectorize_sequences(train_data), vectorize_sequences(test_data)
y_train, y_test = np.asarray(train_labels).astype("float32"), np.asarray(test_labels).astype("float32")

model = models.Sequential()
model.add(layers.Dense(16, kernel_regularizer=regularizers.l2(0.001), activation="relu", input_shape=(100,)))
model.add(layers.Dropout(0.2))
model.add(layers.Dense(16, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid"))
model.compile(
    optimizer=optimizers.RMSprop(lr=0.005), loss=losses.binary_crossentropy, metrics=[metrics.binary_accuracy]
)
history = model.fit(
    x_train[60:], y_train[60:], epochs=12, batch_size=32, validation_data=(x_train[:60], y_train[:60]), verbose=0
)
assert sorted(history.history) == ["binary_accuracy", "loss", "val_binary_accuracy", "val_loss"]
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
assert accuracy > 0.9, accuracy
assert model.predict(x_test).shape == (80, 1)
