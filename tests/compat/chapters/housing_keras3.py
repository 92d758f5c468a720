"""A number: prices of houses, the functional API and a normalisation inside the model (Keras 3)."""

import os
import random

import keras
import numpy as np

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

(x_train, y_train), (x_test, y_test) = keras.datasets.boston_housing.load_data(
    path=os.path.abspath("boston_housing.npz")
)
normalization = keras.layers.Normalization()
normalization.adapt(x_train)
inputs = keras.Input(shape=(13,), name="features")
x = normalization(inputs)
for units in (64, 64):
    x = keras.layers.Dense(units, activation="relu")(x)
model = keras.Model(inputs, keras.layers.Dense(1, name="price")(x))
model.compile(keras.optimizers.Adam(0.005), "mean_squared_error", metrics=["mean_absolute_error"])
keeper = keras.callbacks.ModelCheckpoint("housing.keras", save_best_only=True, monitor="val_loss")
model.fit(x_train, y_train, validation_split=0.2, epochs=80, batch_size=16, callbacks=[keeper], verbose=0)
best = keras.saving.load_model("housing.keras")
mae = best.evaluate(x_test, y_test, verbose=0)[1]
assert mae < np.abs(y_test - y_train.mean()).mean() * 0.75, mae
