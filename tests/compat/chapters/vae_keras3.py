"""A variational autoencoder as a model with a training step of its own (Keras 3 on tf's tape)."""

import random

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

keras.utils.set_random_seed(0)
corners = np.random.randint(0, 2, (256, 2)) * 8
images = np.zeros((256, 16, 16, 1), "float32")
for n, (top, left) in enumerate(corners):
    images[n, top : top + 8, left : left + 8] = 1.0


class Sampler(keras.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator()
        self.built = True

    def call(self, z_mean, z_log_var):
        epsilon = keras.random.normal(shape=ops.shape(z_mean), seed=self.seed_generator)
        return z_mean + ops.exp(0.5 * z_log_var) * epsilon


encoder_inputs = keras.Input(shape=(16, 16, 1))
x = layers.Conv2D(8, 3, activation="relu", strides=2, padding="same")(encoder_inputs)
x = layers.Dense(16, activation="relu")(layers.Flatten()(x))
encoder = keras.Model(encoder_inputs, [layers.Dense(2, name="z_mean")(x), layers.Dense(2, name="z_log_var")(x)])
latent_inputs = keras.Input(shape=(2,))
x = layers.Dense(8 * 8 * 8, activation="relu")(latent_inputs)
x = layers.Conv2DTranspose(8, 3, activation="relu", strides=2, padding="same")(layers.Reshape((8, 8, 8))(x))
decoder = keras.Model(latent_inputs, layers.Conv2D(1, 3, activation="sigmoid", padding="same")(x), name="decoder")


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder, self.decoder, self.sampler = encoder, decoder, Sampler()
        self.reconstruction_loss_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_loss_tracker = keras.metrics.Mean(name="kl_loss")

    def call(self, inputs):
        return self.encoder(inputs)

    @property
    def metrics(self):
        return [self.reconstruction_loss_tracker, self.kl_loss_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var = self.encoder(data)
            reconstruction = self.decoder(self.sampler(z_mean, z_log_var))
            reconstruction_loss = tf.reduce_mean(
                tf.reduce_sum(keras.losses.binary_crossentropy(data, reconstruction), axis=(1, 2))
            )
            kl_loss = -0.5 * (1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var))
            total_loss = reconstruction_loss + tf.reduce_mean(kl_loss)
        grads = tape.gradient(total_loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.trainable_weights))
        self.reconstruction_loss_tracker.update_state(reconstruction_loss)
        self.kl_loss_tracker.update_state(kl_loss)
        return {
            "reconstruction_loss": self.reconstruction_loss_tracker.result(),
            "kl_loss": self.kl_loss_tracker.result(),
        }


vae = VAE(encoder, decoder)
vae.compile(optimizer=keras.optimizers.Adam(3e-3))
history = vae.fit(images, epochs=12, batch_size=16, verbose=0)
assert history.history["reconstruction_loss"][-1] < 0.5 * history.history["reconstruction_loss"][0]
assert sorted(history.history) == ["kl_loss", "reconstruction_loss"]
assert vae.decoder.predict(np.zeros((4, 2)), verbose=0).shape == (4, 16, 16, 1)
