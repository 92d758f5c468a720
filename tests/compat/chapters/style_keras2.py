"""A picture in another's manner: loss by Gram matrices, found by L-BFGS over K.function (Keras 2)."""

import random

import numpy as np
from keras import backend as K
from keras import layers, models
from keras.preprocessing.image import img_to_array, load_img

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

img_height = img_width = 20


def preprocess_image(image_path):
    img = load_img(image_path, target_size=(img_height, img_width))
    return np.expand_dims(img_to_array(img), axis=0) / 127.5 - 1


target_image = K.constant(preprocess_image("picture.jpg"))
style_reference_image = K.constant(preprocess_image("style.jpg"))
combination_image = K.placeholder((1, img_height, img_width, 3))
input_tensor = K.concatenate([target_image, style_reference_image, combination_image], axis=0)
net = models.Sequential(
    [
        layers.Conv2D(4, 3, activation="tanh", input_shape=(img_height, img_width, 3), name="block1_conv1"),
        layers.Conv2D(4, 3, activation="tanh", name="block2_conv1"),
    ]
)


def features(x, name):
    for layer in net.layers:
        x = layer(x)
        if layer.name == name:
            return x


def content_loss(base, combination):
    return K.sum(K.square(combination - base))


def gram_matrix(x):
    rows = K.batch_flatten(K.permute_dimensions(x, (2, 0, 1)))
    return K.dot(rows, K.transpose(rows))


def style_loss(style, combination):
    S, C = gram_matrix(style), gram_matrix(combination)
    return K.sum(K.square(S - C)) / (4.0 * (3**2) * ((img_height * img_width) ** 2))


def total_variation_loss(x):
    a = K.square(x[:, : img_height - 1, : img_width - 1, :] - x[:, 1:, : img_width - 1, :])
    b = K.square(x[:, : img_height - 1, : img_width - 1, :] - x[:, : img_height - 1, 1:, :])
    return K.sum(K.pow(a + b, 1.25))


deep = features(input_tensor, "block2_conv1")
loss = 0.025 * content_loss(deep[0, :, :, :], deep[2, :, :, :])
for name in ["block1_conv1", "block2_conv1"]:
    layer_features = features(input_tensor, name)
    loss = loss + 0.5 * style_loss(layer_features[1, :, :, :], layer_features[2, :, :, :])
loss = loss + 1e-4 * total_variation_loss(combination_image)
grads = K.gradients(loss, combination_image)[0]
fetch_loss_and_grads = K.function([combination_image], [loss, grads])


class Evaluator:
    def __init__(self):
        self.loss_value = None
        self.grads_values = None

    def loss(self, x):
        assert self.loss_value is None
        outs = fetch_loss_and_grads([x.reshape((1, img_height, img_width, 3))])
        self.loss_value = outs[0]
        self.grad_values = outs[1].flatten().astype("float64")
        return self.loss_value

    def grads(self, x):
        grad_values = np.copy(self.grad_values)
        self.loss_value = None
        return grad_values


evaluator = Evaluator()
x = preprocess_image("picture.jpg").flatten()
values = []
for i in range(15):
    values.append(float(evaluator.loss(x)))
    x = x - 0.05 * evaluator.grads(x)
assert values[-1] < values[0], values
