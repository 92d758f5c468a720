"""Texts: Tokenizer, padded sequences, an embedding, a bidirectional LSTM (Keras 2)."""

import os
import random

import numpy as np
from keras.layers import LSTM, Bidirectional, Dense, Dropout, Embedding
from keras.models import Sequential
from keras.preprocessing.sequence import pad_sequences
from keras.preprocessing.text import Tokenizer

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)


def read(part):
    texts, labels = [], []
    for label_type in ["neg", "pos"]:
        dir_name = os.path.join("aclImdb", part, label_type)
        for fname in sorted(os.listdir(dir_name)):
            if fname[-4:] == ".txt":
                texts.append(open(os.path.join(dir_name, fname), encoding="utf8").read())
                labels.append(0 if label_type == "neg" else 1)
    return texts, np.asarray(labels)


texts, labels = read("train")
tokenizer = Tokenizer(num_words=60)
tokenizer.fit_on_texts(texts)
sequences = tokenizer.texts_to_sequences(texts)
assert len(tokenizer.word_index) < 40
data = pad_sequences(sequences, maxlen=24)
indices = np.arange(data.shape[0])
np.random.seed(0)
np.random.shuffle(indices)
data, labels = data[indices], labels[indices]

embedding_matrix = np.random.normal(size=(60, 8)) * 0.3
model = Sequential()
model.add(Embedding(60, 8, input_length=24, weights=[embedding_matrix]))
model.add(Bidirectional(LSTM(8, return_sequences=False)))
model.add(Dropout(0.2))
model.add(Dense(1, activation="sigmoid"))
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["acc"])
assert model.layers[0].get_weights()[0].shape == (60, 8)
model.fit(data, labels, epochs=20, batch_size=16, validation_split=0.2, verbose=0)
x_test, y_test = read("test")
x_test = pad_sequences(tokenizer.texts_to_sequences(x_test), maxlen=24)
assert model.evaluate(x_test, y_test, verbose=0)[1] > 0.85
model.save_weights("pre_trained_embedding_model.h5")
model.load_weights("pre_trained_embedding_model.h5")
assert model.predict_classes(x_test).shape == (60, 1)
