"""A picture changed so that layers answer more strongly: a tape, in octaves (Keras 3 on tf's tape)."""

import random

import keras
import numpy as np
import tensorflow as tf
from keras import layers

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

keras.utils.set_random_seed(1)
inputs = keras.Input((None, None, 3))
a = layers.Conv2D(6, 3, activation="tanh", padding="same", name="mixed4")(inputs)
b = layers.Conv2D(8, 3, activation="tanh", padding="same", name="mixed5")(layers.AveragePooling2D()(a))
model = keras.Model(inputs, b)
layer_settings = {"mixed4": 1.0, "mixed5": 1.5}
outputs_dict = {name: model.get_layer(name).output for name in layer_settings}
feature_extractor = keras.Model(inputs=model.inputs, outputs=outputs_dict)


def compute_loss(input_image):
    features = feature_extractor(input_image)
    loss = tf.zeros(shape=())
    for name in features.keys():
        loss += layer_settings[name] * tf.reduce_mean(tf.square(features[name][:, 2:-2, 2:-2, :]))
    return loss


@tf.function
def gradient_ascent_step(image, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = compute_loss(image)
    grads = tf.math.l2_normalize(tape.gradient(loss, image))
    image += learning_rate * grads
    return loss, image


original = keras.utils.img_to_array(keras.utils.load_img("picture.jpg"))[None] / 127.5 - 1
original = original.astype("float32")
first = float(compute_loss(tf.constant(original)))
image = tf.identity(original)
for shape in [(20, 20), (28, 28), (40, 40)]:
    image = tf.image.resize(image, shape)
    for _ in range(8):
        loss, image = gradient_ascent_step(image, 3.0)
assert image.shape == (1, 40, 40, 3)
assert float(loss) > first, (first, float(loss))
final = np.clip(image.numpy()[0] * 127.5 + 127.5, 0, 255).astype("uint8")
keras.utils.save_img("dream.png", final)
assert keras.utils.load_img("dream.png").size == (40, 40)
