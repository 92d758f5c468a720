# %% [markdown]
# # Handwritten digits
#
# [한국어](04-mnist.ko.py)
#
# From pixels to a digit: look at the data, train, and then look at what went wrong and what the network looks for. The
# path tells it in [chapter 6](../docs/path/06-dense-network.md) with digits of its own.
#
# MNIST does not come with lamina. If you have `mnist.npz`, put its path into the environment as `MNIST`; or write
# `lamina.datasets.mnist.load_data()` below, which fetches it once. Without it, digits are drawn here from a font, with
# noise: easier, and the same program.

# %%
import os
import sys

import matplotlib.pyplot as plt
import numpy as np

import lamina
from lamina import layers, plot

sys.path.append("../examples")
from _digits import load

path = os.environ.get("MNIST")
(images, labels), (new_images, new_labels) = load(path, quick=path is None)
print(images.shape, images.dtype, "to learn from,", len(new_images), "to test with:", path or "drawn here")

# %%
figure, axes = plt.subplots(2, 10, figsize=(11, 2.6), layout="constrained")
for ax, image, label in zip(axes.flat, images, labels):
    ax.imshow(image, cmap="gray_r")
    ax.set_title(label, fontsize=9)
    ax.axis("off")

# %% [markdown]
# ## The network
#
# The pixels, 0 to 255, become numbers from 0 to 1 inside the model, so that it takes images as they are. Then a hidden
# layer, and a share for each of the ten digits.

# %%
lamina.utils.set_random_seed(0)
model = lamina.Sequential([
    lamina.Input((28, 28)),
    layers.Rescaling(1 / 255),
    layers.Flatten(),
    layers.Dense(64, activation="relu", name="hidden"),
    layers.Dense(10, activation="softmax", name="digit"),
])  # fmt: skip
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model

# %% [markdown]
# One line tells how the training goes:

# %%
history = model.fit(images, labels, batch_size=32, epochs=5, validation_split=0.1)

# %%
history

# %% [markdown]
# ## How good is it?
#
# On images that it has never seen, neither for training nor for choosing anything:

# %%
loss, accuracy = model.evaluate(new_images, new_labels, verbose=0)
shares = model.predict(new_images, verbose=0)
guess = shares.argmax(1)
print(f"right: {accuracy:.1%}")
ax = plot.confusion(new_labels, guess)

# %% [markdown]
# The ten images that it found hardest: those to whose true digit it gave the smallest share.

# %%
given = shares[np.arange(len(shares)), new_labels]
figure, axes = plt.subplots(1, 10, figsize=(12, 1.9), layout="constrained")
for ax, i in zip(axes, given.argsort()[:10]):
    ax.imshow(new_images[i], cmap="gray_r")
    ax.set_title(
        f"{guess[i]} ({shares[i, guess[i]]:.0%})\nis {new_labels[i]}",
        fontsize=8,
        color="k" if guess[i] == new_labels[i] else "crimson",
    )
    ax.axis("off")

# %% [markdown]
# ## What does a neuron look for?
#
# The 784 weights of a hidden neuron have the form of an image: blue speaks for it, red against it.

# %%
kernel = model.get_layer("hidden").kernel.numpy().T.reshape(-1, 28, 28)
figure, axes = plt.subplots(2, 10, figsize=(11, 2.4), layout="constrained")
for ax, weights in zip(axes.flat, kernel):
    ax.imshow(weights, cmap="RdBu", vmin=-0.2, vmax=0.2)
    ax.axis("off")

# %% [markdown]
# ## How much noise does it bear?

# %%
rng = np.random.default_rng(1)
right = []
for amount in (0, 50, 100, 150, 200):
    noisy = np.clip(new_images + rng.uniform(-amount, amount, new_images.shape), 0, 255)
    right.append(model.evaluate(noisy, new_labels, verbose=0)[1])
figure, ax = plt.subplots(figsize=(5, 2.6), layout="constrained")
ax.plot((0, 50, 100, 150, 200), right, "o-")
ax = ax.set(xlabel="noise, of 255", ylabel="share right", ylim=(0, 1.02))

# %% [markdown]
# ## Try
#
# - Eight hidden neurons in place of 64: how much worse is it? Look at their weights: are they clearer?
# - Train with noisy images too (`layers.GaussianNoise(0.3)` after `Rescaling`), and draw the last curve again.
# - Turn a digit by ten degrees (`scipy.ndimage.rotate`), by twenty, by ninety. When does it break?
# - A convolutional network does better: the [notebook on convolution](06-convolution.py).
