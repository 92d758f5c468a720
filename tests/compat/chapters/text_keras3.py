"""Texts from folders: TextVectorization, an embedding with a mask, a bidirectional LSTM, strings in at the end (Keras 3)."""

import random
import re
import string

import keras
import numpy as np
from keras import layers

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

train_ds = keras.utils.text_dataset_from_directory("aclImdb/train", batch_size=16, seed=0)
test_ds = keras.utils.text_dataset_from_directory("aclImdb/test", batch_size=16, shuffle=False)
for inputs, targets in train_ds:
    assert inputs.shape == (16,) and targets.shape == (16,)
    break


text_vectorization = layers.TextVectorization(max_tokens=60, output_mode="int", output_sequence_length=24)
text_only_train_ds = train_ds.map(lambda x, y: x)
text_vectorization.adapt(text_only_train_ds)
assert text_vectorization.get_vocabulary()[:2] == ["", "[UNK]"]
int_train_ds = train_ds.map(lambda x, y: (text_vectorization(x), y), num_parallel_calls=4)
int_test_ds = test_ds.map(lambda x, y: (text_vectorization(x), y), num_parallel_calls=4)

inputs = keras.Input(shape=(None,), dtype="int64")
embedded = layers.Embedding(input_dim=60, output_dim=8, mask_zero=True)(inputs)
x = layers.Bidirectional(layers.LSTM(8))(embedded)
outputs = layers.Dense(1, activation="sigmoid")(layers.Dropout(0.2)(x))
model = keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(int_train_ds, epochs=15, verbose=0)
assert model.evaluate(int_test_ds, verbose=0)[1] > 0.85

text = keras.Input(shape=(1,), dtype="string")
inference_model = keras.Model(text, model(text_vectorization(text)))
predictions = inference_model.predict(
    np.array([["splendid clever moving film"], ["dull tired clumsy story"]], dtype=object)
)
assert predictions[0, 0] > 0.5 > predictions[1, 0]
punctuation = re.sub(f"[{re.escape(string.punctuation)}]", "", "A film, at last!")
assert punctuation == "A film at last"
