"""Features of a known network, then its last block trained too (Keras 2)."""

import os
import random

import numpy as np
from keras import layers, models, optimizers
from keras.applications import VGG16
from keras.preprocessing.image import ImageDataGenerator

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

conv_base = VGG16(weights=None, include_top=False, input_shape=(32, 32, 3))
assert conv_base.output_shape == (None, 1, 1, 512)
datagen = ImageDataGenerator(rescale=1.0 / 255)


def extract_features(directory, sample_count, batch_size=8):
    features, labels = np.zeros(shape=(sample_count, 1, 1, 512)), np.zeros(shape=(sample_count))
    generator = datagen.flow_from_directory(
        os.path.join("cats_vs_dogs", directory), target_size=(32, 32), batch_size=batch_size, class_mode="binary"
    )
    i = 0
    for inputs_batch, labels_batch in generator:
        features[i * batch_size : (i + 1) * batch_size] = conv_base.predict(inputs_batch)
        labels[i * batch_size : (i + 1) * batch_size] = labels_batch
        i += 1
        if i * batch_size >= sample_count:
            break
    return np.reshape(features, (sample_count, 512)), labels


train_features, train_labels = extract_features("train", 48)
top = models.Sequential()
top.add(layers.Dense(16, activation="relu", input_dim=512))
top.add(layers.Dense(1, activation="sigmoid"))
top.compile(optimizer=optimizers.RMSprop(lr=2e-3), loss="binary_crossentropy", metrics=["acc"])
history = top.fit(train_features / train_features.std(), train_labels, epochs=10, batch_size=16, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]

model = models.Sequential()
model.add(conv_base)
model.add(layers.Flatten())
model.add(layers.Dense(1, activation="sigmoid"))
assert len(model.trainable_weights) == 28
conv_base.trainable = False
assert len(model.trainable_weights) == 2
conv_base.trainable = True
set_trainable = False
for layer in conv_base.layers:
    if layer.name == "block5_conv1":
        set_trainable = True
    layer.trainable = set_trainable
assert len(model.trainable_weights) == 8
frozen = conv_base.get_layer("block1_conv1").get_weights()[0]
tuned = conv_base.get_layer("block5_conv3").get_weights()[0]
model.compile(loss="binary_crossentropy", optimizer=optimizers.RMSprop(lr=1e-4), metrics=["acc"])
model.fit_generator(
    datagen.flow_from_directory("cats_vs_dogs/train", target_size=(32, 32), batch_size=8, class_mode="binary"),
    steps_per_epoch=2,
    epochs=1,
    verbose=0,
)
assert np.array_equal(frozen, conv_base.get_layer("block1_conv1").get_weights()[0])
assert not np.array_equal(tuned, conv_base.get_layer("block5_conv3").get_weights()[0])
