"""The temperature a day ahead, by a generator of windows and recurrent layers (Keras 2)."""

import random

import numpy as np
from keras import layers
from keras.models import Sequential
from keras.optimizers import RMSprop

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

lines = open("weather.csv").read().split("\n")
header, lines = lines[0].split(","), lines[1:]
float_data = np.zeros((len(lines), len(header) - 1))
for i, line in enumerate(lines):
    float_data[i, :] = [float(x) for x in line.split(",")[1:]]
mean, std = float_data[:500].mean(axis=0), float_data[:500].std(axis=0)
float_data = (float_data - mean) / std


def generator(data, lookback, delay, min_index, max_index, shuffle=False, batch_size=32, step=2):
    if max_index is None:
        max_index = len(data) - delay - 1
    i = min_index + lookback
    while 1:
        if shuffle:
            rows = np.random.randint(min_index + lookback, max_index, size=batch_size)
        else:
            if i + batch_size >= max_index:
                i = min_index + lookback
            rows = np.arange(i, min(i + batch_size, max_index))
            i += len(rows)
        samples = np.zeros((len(rows), lookback // step, data.shape[-1]))
        targets = np.zeros((len(rows),))
        for j, row in enumerate(rows):
            samples[j] = data[range(rows[j] - lookback, rows[j], step)]
            targets[j] = data[rows[j] + delay][1]
        yield samples, targets


train_gen = generator(float_data, 24, 6, 0, 500, shuffle=True)
val_gen = generator(float_data, 24, 6, 501, 700)

model = Sequential()
model.add(
    layers.GRU(8, dropout=0.1, recurrent_dropout=0.1, return_sequences=True, input_shape=(None, float_data.shape[-1]))
)
model.add(layers.Bidirectional(layers.LSTM(8, implementation=2)))
model.add(layers.Dense(1))
model.compile(optimizer=RMSprop(lr=5e-3), loss="mae")
history = model.fit_generator(
    train_gen, steps_per_epoch=10, epochs=8, validation_data=val_gen, validation_steps=5, verbose=0
)
assert min(history.history["val_loss"]) < 0.2, history.history["val_loss"]  # of a series with deviation 1
