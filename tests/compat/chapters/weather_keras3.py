"""The temperature a day ahead, by windows of a series and recurrent layers (Keras 3)."""

import random

import keras
import numpy as np
from keras import layers

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

rows = [line.split(",")[1:] for line in open("weather.csv").read().split("\n")[1:]]
raw_data = np.array(rows, "float64")
temperature = raw_data[:, 1].copy()
num_train_samples, num_val_samples = 500, 200
mean, std = raw_data[:num_train_samples].mean(axis=0), raw_data[:num_train_samples].std(axis=0)
raw_data = (raw_data - mean) / std

sampling_rate, sequence_length = 2, 12
delay = sampling_rate * sequence_length + 5


def windows(start, end, shuffle):
    return keras.utils.timeseries_dataset_from_array(
        raw_data[:-delay],
        targets=temperature[delay:],
        sampling_rate=sampling_rate,
        sequence_length=sequence_length,
        shuffle=shuffle,
        batch_size=32,
        start_index=start,
        end_index=end,
    )


train_dataset = windows(0, num_train_samples, True)
val_dataset = windows(num_train_samples, num_train_samples + num_val_samples, False)
for samples, targets in train_dataset:
    assert samples.shape == (32, 12, 3) and targets.shape == (32,)
    break

naive = np.mean(
    [abs(np.array(samples)[:, -1, 1] * std[1] + mean[1] - np.array(targets)).mean() for samples, targets in val_dataset]
)
inputs = keras.Input(shape=(sequence_length, raw_data.shape[-1]))
x = layers.LSTM(16, recurrent_dropout=0.1)(inputs)
x = layers.Dropout(0.1)(x)
outputs = layers.Dense(1)(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse", metrics=["mae"])
model.fit(train_dataset, epochs=15, validation_data=val_dataset, verbose=0)
mae = model.evaluate(val_dataset, verbose=0)[1]
assert mae < naive, (mae, naive)
