"""Two networks against each other, with train_on_batch and a frozen discriminator (Keras 2)."""

import random

import keras
import numpy as np
from keras import layers

random.seed(0)  # fixes the first weights and the orders
np.random.seed(0)

np.random.seed(0)
latent_dim, height, width, channels = 4, 8, 8, 1
generator_input = keras.Input(shape=(latent_dim,))
x = layers.Dense(8 * 4 * 4)(generator_input)
x = layers.LeakyReLU()(x)
x = layers.Reshape((4, 4, 8))(x)
x = layers.Conv2DTranspose(8, 4, strides=2, padding="same")(x)
x = layers.LeakyReLU()(x)
x = layers.Conv2D(channels, 3, activation="tanh", padding="same")(x)
generator = keras.models.Model(generator_input, x)

discriminator_input = layers.Input(shape=(height, width, channels))
x = layers.Conv2D(8, 3)(discriminator_input)
x = layers.LeakyReLU()(x)
x = layers.Flatten()(x)
x = layers.Dropout(0.2)(x)
x = layers.Dense(1, activation="sigmoid")(x)
discriminator = keras.models.Model(discriminator_input, x)
discriminator_optimizer = keras.optimizers.RMSprop(lr=0.002, clipvalue=1.0, decay=1e-8)
discriminator.compile(optimizer=discriminator_optimizer, loss="binary_crossentropy")

discriminator.trainable = False
gan_input = keras.Input(shape=(latent_dim,))
gan = keras.models.Model(gan_input, discriminator(generator(gan_input)))
gan.compile(optimizer=keras.optimizers.RMSprop(lr=0.002, clipvalue=1.0, decay=1e-8), loss="binary_crossentropy")
assert len(gan.trainable_weights) == len(generator.trainable_weights)

real = np.full((64, height, width, channels), 0.8, "float32")
first = generator.predict(np.random.normal(size=(32, latent_dim))).mean()
batch_size, start = 16, 0
for step in range(150):
    generated_images = generator.predict(np.random.normal(size=(batch_size, latent_dim)))
    combined_images = np.concatenate([generated_images, real[start : start + batch_size]])
    labels = np.concatenate([np.ones((batch_size, 1)), np.zeros((batch_size, 1))])
    labels += 0.05 * np.random.random(labels.shape)
    d_loss = discriminator.train_on_batch(combined_images, labels)
    kept = discriminator.get_weights()
    a_loss = gan.train_on_batch(np.random.normal(size=(batch_size, latent_dim)), np.zeros((batch_size, 1)))
    assert all(np.array_equal(a, b) for a, b in zip(kept, discriminator.get_weights()))
    start = (start + batch_size) % 48
last = generator.predict(np.random.normal(size=(32, latent_dim))).mean()
assert abs(last - 0.8) < abs(first - 0.8), (first, last)
