"""A picture in another's manner: loss by Gram matrices, a variable trained by an optimizer (Keras 3 on tf's tape)."""

import random

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

keras.utils.set_random_seed(0)
size = (20, 20)
read = lambda path: (keras.utils.img_to_array(keras.utils.load_img(path, target_size=size))[None] / 127.5 - 1).astype(
    "float32"
)
base_image, style_image = read("picture.jpg"), read("style.jpg")
net = keras.Sequential(
    [
        keras.Input((*size, 3)),
        layers.Conv2D(4, 3, activation="tanh", name="block1_conv1"),
        layers.Conv2D(4, 3, activation="tanh", name="block2_conv1"),
    ]
)
feature_extractor = keras.Model(net.inputs, {layer.name: layer.output for layer in net.layers})


def gram_matrix(x):
    x = ops.reshape(ops.transpose(x, (2, 0, 1)), (x.shape[-1], -1))
    return ops.matmul(x, ops.transpose(x))


def compute_loss(combination_image):
    features = feature_extractor(ops.concatenate([base_image, style_image, combination_image], axis=0))
    loss = 0.025 * ops.sum(ops.square(features["block2_conv1"][2] - features["block2_conv1"][0]))
    for name in features:
        difference = gram_matrix(features[name][1]) - gram_matrix(features[name][2])
        loss = loss + 0.5 * ops.sum(ops.square(difference)) / (36.0 * (size[0] * size[1]) ** 2)
    return loss


optimizer = keras.optimizers.SGD(
    keras.optimizers.schedules.ExponentialDecay(initial_learning_rate=0.1, decay_steps=10, decay_rate=0.96),
    momentum=0.5,
)
combination_image = keras.Variable(base_image)
losses = []
for i in range(1, 21):
    with tf.GradientTape() as tape:
        loss = compute_loss(combination_image)
    grads = tape.gradient(loss, combination_image)
    optimizer.apply_gradients([(grads, combination_image)])
    losses.append(float(loss))
assert losses[-1] < losses[0], losses
assert not np.array_equal(ops.convert_to_numpy(combination_image), base_image)
