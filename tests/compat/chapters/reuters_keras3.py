"""Many classes: topics of newswires (Keras 3)."""

import os
import random

import keras
import numpy as np
from keras import layers

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

(train_data, train_labels), (test_data, test_labels) = keras.datasets.reuters.load_data(
    path=os.path.abspath("reuters.npz"), num_words=110
)
counted = layers.CategoryEncoding(num_tokens=110, output_mode="count")
x_train, x_test = (
    keras.ops.convert_to_numpy(counted(keras.utils.pad_sequences(data, maxlen=40))) for data in (train_data, test_data)
)
assert x_train.shape == (560, 110)

model = keras.Sequential(
    [
        keras.Input((110,)),
        layers.Rescaling(1 / 4),
        layers.Dense(64, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(46, activation="softmax"),
    ]
)
model.compile(
    optimizer="adam",
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(k=3, name="top_3_accuracy")],
)
stopping = keras.callbacks.EarlyStopping(monitor="val_loss", patience=10, restore_best_weights=True)
model.fit(x_train, train_labels, epochs=60, batch_size=32, validation_split=0.1, callbacks=[stopping], verbose=0)
loss, accuracy, top_3 = model.evaluate(x_test, test_labels, verbose=0)
assert accuracy > 0.7 and top_3 >= accuracy, (accuracy, top_3)
assert keras.datasets.reuters.get_label_names()[3] == "earn"
hits = np.array(test_labels) == np.random.default_rng(0).permutation(test_labels)
assert hits.mean() < 0.2
