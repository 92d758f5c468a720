"""A number: prices of houses, by k-fold validation (Keras 2)."""

import os
import random

import numpy as np
from keras import layers, models
from keras.datasets import boston_housing

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

(train_data, train_targets), (test_data, test_targets) = boston_housing.load_data(
    path=os.path.abspath("boston_housing.npz")
)
mean = train_data.mean(axis=0)
train_data -= mean
std = train_data.std(axis=0)
train_data /= std
test_data -= mean
test_data /= std


def build_model():
    model = models.Sequential()
    model.add(layers.Dense(64, activation="relu", input_shape=(train_data.shape[1],)))
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(1))
    model.compile(optimizer="rmsprop", loss="mse", metrics=["mae"])
    return model


k, num_epochs, all_mae_histories = 2, 60, []
num_val_samples = len(train_data) // k
for i in range(k):
    val_data = train_data[i * num_val_samples : (i + 1) * num_val_samples]
    val_targets = train_targets[i * num_val_samples : (i + 1) * num_val_samples]
    partial_train_data = np.concatenate(
        [train_data[: i * num_val_samples], train_data[(i + 1) * num_val_samples :]], axis=0
    )
    partial_train_targets = np.concatenate(
        [train_targets[: i * num_val_samples], train_targets[(i + 1) * num_val_samples :]], axis=0
    )
    model = build_model()
    history = model.fit(
        partial_train_data,
        partial_train_targets,
        validation_data=(val_data, val_targets),
        epochs=num_epochs,
        batch_size=8,
        verbose=0,
    )
    all_mae_histories.append(history.history["val_mean_absolute_error"])
average = [np.mean([x[i] for x in all_mae_histories]) for i in range(num_epochs)]
assert average[-1] < average[0] / 2
test_mse_score, test_mae_score = model.evaluate(test_data, test_targets, verbose=0)
assert test_mae_score < np.abs(test_targets - train_targets.mean()).mean() * 0.75
