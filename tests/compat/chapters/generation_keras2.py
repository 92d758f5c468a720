"""Text made letter by letter, drawn at a temperature (Keras 2)."""

import random

import numpy as np
from keras import layers
from keras.layers import LSTM, Dense
from keras.models import Sequential
from keras.optimizers import RMSprop

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

text = open("story.txt").read().lower()
maxlen, step = 20, 3
sentences, next_chars = [], []
for i in range(0, len(text) - maxlen, step):
    sentences.append(text[i : i + maxlen])
    next_chars.append(text[i + maxlen])
chars = sorted(list(set(text)))
char_indices = dict((char, chars.index(char)) for char in chars)
x = np.zeros((len(sentences), maxlen, len(chars)), dtype=bool)
y = np.zeros((len(sentences), len(chars)), dtype=bool)
for i, sentence in enumerate(sentences):
    for t, char in enumerate(sentence):
        x[i, t, char_indices[char]] = 1
    y[i, char_indices[next_chars[i]]] = 1

model = Sequential()
model.add(layers.LSTM(32, input_shape=(maxlen, len(chars))))
model.add(Dense(len(chars), activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer=RMSprop(lr=0.02))
assert LSTM is layers.LSTM


def sample(preds, temperature=1.0):
    preds = np.asarray(preds).astype("float64")
    preds = np.log(preds + 1e-12) / temperature
    exp_preds = np.exp(preds)
    preds = exp_preds / np.sum(exp_preds)
    return np.argmax(np.random.multinomial(1, preds, 1))


history = model.fit(x, y, batch_size=64, epochs=12, verbose=0)
assert history.history["loss"][-1] < 0.5
generated_text = text[:maxlen]
for _ in range(30):
    sampled = np.zeros((1, maxlen, len(chars)))
    for t, char in enumerate(generated_text[-maxlen:]):
        sampled[0, t, char_indices[char]] = 1.0
    preds = model.predict(sampled, verbose=0)[0]
    generated_text += chars[sample(preds, 0.2)]
assert sum(word in text for word in generated_text.split()) > 0.6 * len(generated_text.split()), generated_text
random.seed(1)
