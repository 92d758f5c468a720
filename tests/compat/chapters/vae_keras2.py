"""A variational autoencoder: a Lambda that draws, a layer that adds the loss, compile with loss=None (Keras 2)."""

import random

import keras
import numpy as np
from keras import backend as K
from keras import layers
from keras.models import Model

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

np.random.seed(0)
rows = np.random.randint(0, 2, (256, 2)) * 8
x_train = np.zeros((256, 16, 16, 1), "float32")
for n, (top, left) in enumerate(rows):
    x_train[n, top : top + 8, left : left + 8] = 1.0

img_shape, latent_dim = (16, 16, 1), 2
input_img = keras.Input(shape=img_shape)
x = layers.Conv2D(8, 3, padding="same", activation="relu")(input_img)
x = layers.Conv2D(8, 3, padding="same", activation="relu", strides=(2, 2))(x)
shape_before_flattening = K.int_shape(x)
x = layers.Flatten()(x)
x = layers.Dense(16, activation="relu")(x)
z_mean = layers.Dense(latent_dim)(x)
z_log_var = layers.Dense(latent_dim)(x)


def sampling(args):
    z_mean, z_log_var = args
    epsilon = K.random_normal(shape=(K.shape(z_mean)[0], latent_dim), mean=0.0, stddev=1.0)
    return z_mean + K.exp(z_log_var) * epsilon


z = layers.Lambda(sampling)([z_mean, z_log_var])
decoder_input = layers.Input(K.int_shape(z)[1:])
x = layers.Dense(int(np.prod(shape_before_flattening[1:])), activation="relu")(decoder_input)
x = layers.Reshape(shape_before_flattening[1:])(x)
x = layers.Conv2DTranspose(8, 3, padding="same", activation="relu", strides=(2, 2))(x)
x = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x)
decoder = Model(decoder_input, x)
z_decoded = decoder(z)


class CustomVariationalLayer(keras.layers.Layer):
    def vae_loss(self, x, z_decoded):
        x = K.flatten(x)
        z_decoded = K.flatten(z_decoded)
        xent_loss = keras.metrics.binary_crossentropy(x, z_decoded)
        kl_loss = -5e-4 * K.mean(1 + z_log_var - K.square(z_mean) - K.exp(z_log_var), axis=-1)
        return K.mean(xent_loss + kl_loss)

    def call(self, inputs):
        x = inputs[0]
        z_decoded = inputs[1]
        loss = self.vae_loss(x, z_decoded)
        self.add_loss(loss, inputs=inputs)
        return x


y = CustomVariationalLayer()([input_img, z_decoded])
vae = Model(input_img, y)
vae.compile(optimizer="rmsprop", loss=None)
history = vae.fit(
    x=x_train, y=None, shuffle=True, epochs=8, batch_size=16, validation_data=(x_train[:32], None), verbose=0
)
assert history.history["loss"][-1] < 0.8 * history.history["loss"][0], history.history["loss"]
assert decoder.predict(np.zeros((3, 2))).shape == (3, 16, 16, 1)
