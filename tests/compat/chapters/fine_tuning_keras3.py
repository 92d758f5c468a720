"""Features of a known network whose weights come from a file, then its last layers trained too (Keras 3)."""

import random

import keras
import numpy as np
from keras import layers

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

source = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(32, 32, 3), alpha=0.35)
source.save_weights("mobilenet.weights.h5")
conv_base = keras.applications.MobileNetV2(
    weights="mobilenet.weights.h5", include_top=False, input_shape=(32, 32, 3), alpha=0.35, pooling="avg"
)
assert np.array_equal(conv_base.layers[1].get_weights()[0], source.layers[1].get_weights()[0])
conv_base.trainable = False
assert conv_base.trainable_weights == []

train = keras.utils.image_dataset_from_directory("cats_vs_dogs/train", image_size=(32, 32), batch_size=16, seed=0)
inputs = keras.Input(shape=(32, 32, 3))
x = keras.applications.mobilenet_v2.preprocess_input(inputs)
x = conv_base(x, training=False)
outputs = layers.Dense(1, activation="sigmoid")(layers.LayerNormalization()(x))
model = keras.Model(inputs, outputs)
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.RMSprop(1e-3), metrics=["accuracy"])
before = [w.copy() for w in conv_base.get_weights()]
history = model.fit(train, epochs=6, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
assert all(np.array_equal(a, b) for a, b in zip(before, conv_base.get_weights()))

conv_base.trainable = True
for layer in conv_base.layers[:-4]:
    layer.trainable = False
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.RMSprop(1e-5), metrics=["accuracy"])
model.fit(train, epochs=1, verbose=0)
changed = [not np.array_equal(a, b) for a, b in zip(before, conv_base.get_weights())]
assert any(changed) and not any(changed[:20])
