# %% [markdown]
# # Convolution: windows that slide
#
# [한국어](06-convolution.ko.py)
#
# Three filters by hand, then eight that a network finds by itself, and a way to ask it where it looked. How a filter
# computes, and why it knows a stroke at any place, tells [chapter 10 of the path](../docs/path/10-convolution.md).
#
# The digits are MNIST if the environment says where it is (`MNIST`, the path of `mnist.npz`), else drawn here from a
# font.

# %%
import os
import sys

import matplotlib.pyplot as plt
import numpy as np

import lamina
from lamina import layers, plot

sys.path.append("../examples")
from _digits import as_images, load

path = os.environ.get("MNIST")
(images, labels), (new_images, new_labels) = load(path, quick=path is None)
x, x_new = as_images(images), as_images(new_images)
print(x.shape, path or "drawn here")

# %% [markdown]
# ## By hand
#
# A layer with three windows of 3 × 3 that nobody trained: one blurs, one sees edges from left to right, one sees them
# from top to bottom.

# %%
blur = np.full((3, 3), 1 / 9)
upright = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 4
by_hand = lamina.Sequential([lamina.Input((28, 28, 1)), layers.Conv2D(3, 3, use_bias=False, name="three")])
by_hand.set_weights([np.stack([blur, upright, upright.T], -1)[:, :, None, :]])

seen = by_hand.predict(x_new[:1], verbose=0)[0]
figure, axes = plt.subplots(1, 4, figsize=(10, 2.7), layout="constrained")
axes[0].imshow(x_new[0, ..., 0], cmap="gray_r")
for ax, name, channel in zip(
    axes[1:], ("blurred", "left and right edges", "upper and lower edges"), seen.transpose(2, 0, 1)
):
    ax.imshow(channel, cmap="gray_r" if name == "blurred" else "RdBu")
    ax.set(title=name)
for ax in axes:
    ax.axis("off")

# %% [markdown]
# ## Found by training
#
# Eight windows of 5 × 5, a second layer of sixteen, the strongest answer of each 2 × 2, and ten shares.

# %%
lamina.utils.set_random_seed(0)
model = lamina.Sequential([
    lamina.Input((28, 28, 1)),
    layers.Conv2D(8, 5, activation="relu", name="windows"),
    layers.MaxPooling2D(2),
    layers.Conv2D(16, 3, activation="relu"),
    layers.MaxPooling2D(2),
    layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])  # fmt: skip
model.compile(lamina.optimizers.Adam(0.003), "sparse_categorical_crossentropy", metrics=["accuracy"])
model

# %%
history = model.fit(x, labels, batch_size=32, epochs=4, validation_split=0.1)
print(f"new digits right: {model.evaluate(x_new, new_labels, verbose=0)[1]:.1%}")

# %% [markdown]
# Its eight windows, and what they answer to one digit:

# %%
axes = plot.filters(model.get_layer("windows"))

# %%
axes = plot.activations(model, x_new[0], "windows")

# %% [markdown]
# ## Where did it look?
#
# Cover a part of the image with a grey square, ask again, and go on to the next place. Where the share of the digit
# falls, there was something that mattered.

# %%
SQUARE = 10


def without_each_place(image):
    """The image `(28, 28, 1)` covered at every second place, and the places."""
    places = [(row, column) for row in range(0, 28 - SQUARE + 1, 2) for column in range(0, 28 - SQUARE + 1, 2)]
    covered = np.repeat(image[None], len(places), axis=0)
    for picture, (row, column) in zip(covered, places):
        picture[row : row + SQUARE, column : column + SQUARE] = 0.5
    return covered, places


figure, axes = plt.subplots(2, 6, figsize=(11, 3.8), layout="constrained")
for (above, below), i in zip(axes.T, range(6)):
    covered, places = without_each_place(x_new[i])
    side = int(np.sqrt(len(places)))
    share = model.predict(covered, verbose=0)[:, new_labels[i]].reshape(side, side)
    above.imshow(x_new[i, ..., 0], cmap="gray_r")
    below.imshow(share, cmap="viridis", vmin=0, vmax=1, extent=(0, 28, 28, 0))
    below.set(title=f"sure of {new_labels[i]}: {share.min():.0%} to {share.max():.0%}")
    below.title.set_fontsize(8)
    above.axis("off")
    below.axis("off")

# %% [markdown]
# Dark is where it was needed. A digit that stays bright everywhere it knows by more than one part. The same is asked by
# gradients, at once for all pixels: how much does the share change if a pixel grows a little?

# %%
picture = lamina.Variable(x_new[:6])
with lamina.GradientTape() as tape:
    share = lamina.ops.sum(lamina.ops.log(model(picture)) * np.eye(10)[new_labels[:6]])
slopes = np.abs(np.array(tape.gradient(share, picture)))[..., 0]
figure, axes = plt.subplots(1, 6, figsize=(11, 2), layout="constrained")
for ax, slope in zip(axes, slopes):
    ax.imshow(slope, cmap="magma")
    ax.axis("off")

# %% [markdown]
# ## Try
#
# - Write a filter that sharpens (the middle 2, the eight around it −1/8 each), and one that sees diagonals.
# - `plot.activations(model, x_new[0], "conv2d")`: what does the second layer answer? (Names of layers:
#   `model.summary()`.)
# - Move all test digits by three pixels (`np.roll(x_new, 3, axis=2)`) and evaluate. And after
#   `layers.RandomTranslation(0.1, 0.1)` as the first layer?
# - Cover with black (0.0) in place of grey. For which digits is an empty place as important as ink?
