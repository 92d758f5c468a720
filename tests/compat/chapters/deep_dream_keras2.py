"""A picture changed so that layers answer more strongly: symbolic gradients and K.function (Keras 2)."""

import random

import numpy as np
from keras import backend as K
from keras import layers, models
from keras.preprocessing import image

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

K.set_learning_phase(0)
np.random.seed(0)
model = models.Sequential(
    [
        layers.Conv2D(6, 3, activation="tanh", padding="same", input_shape=(None, None, 3), name="mixed2"),
        layers.AveragePooling2D(),
        layers.Conv2D(8, 3, activation="tanh", padding="same", name="mixed3"),
    ]
)
layer_contributions = {"mixed2": 0.2, "mixed3": 3.0}
layer_dict = dict([(layer.name, layer) for layer in model.layers])
loss = K.variable(0.0)
for layer_name in layer_contributions:
    coeff = layer_contributions[layer_name]
    activation = layer_dict[layer_name].output
    scaling = K.prod(K.cast(K.shape(activation), "float32"))
    loss = loss + coeff * K.sum(K.square(activation[:, 2:-2, 2:-2, :])) / scaling

dream = model.input
grads = K.gradients(loss, dream)[0]
grads /= K.maximum(K.mean(K.abs(grads)), 1e-7)
fetch_loss_and_grads = K.function([dream], [loss, grads])


def eval_loss_and_grads(x):
    outs = fetch_loss_and_grads([x])
    return outs[0], outs[1]


def gradient_ascent(x, iterations, step):
    for i in range(iterations):
        loss_value, grad_values = eval_loss_and_grads(x)
        x += step * grad_values
    return x


img = image.img_to_array(image.load_img("picture.jpg"))[None] / 127.5 - 1
before = eval_loss_and_grads(img)[0]
after = eval_loss_and_grads(gradient_ascent(img.copy(), 8, 0.02))[0]
assert after > 1.1 * before, (before, after)
