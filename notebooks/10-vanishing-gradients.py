# %% [markdown]
# # Vanishing gradients: seen, named, mended
#
# [한국어](10-vanishing-gradients.ko.py)
#
# In a deep network the first layers hear of the loss only through all the others. Here one sees how much of it arrives,
# layer by layer and epoch by epoch, as a picture. Why it shrinks is worked out in [chapter 8 of the
# path](../docs/path/08-vanishing-gradients.md).

# %%
import matplotlib.pyplot as plt
import numpy as np

import lamina
from lamina import layers, plot

lamina.config.set_diagnosis("off")  # asked below, it need not speak by itself
rng = np.random.default_rng(0)
turn = rng.uniform(0.2, 1, 300)
arm = np.arange(300) % 2
angle = 4.5 * turn + np.pi * arm
x = (turn * np.stack([np.cos(angle), np.sin(angle)])).T.astype("float32") * 2
x += rng.normal(0, 0.04, x.shape).astype("float32")

DEPTH = 10


def deep(activation, initializer="glorot_uniform", normalise=False, skip=False):
    lamina.utils.set_random_seed(0)
    inputs = lamina.Input((2,))
    h = layers.Dense(16, activation="tanh", name="entrance")(inputs)
    for n in range(DEPTH):
        before = h
        h = layers.Dense(16, kernel_initializer=initializer, name=f"hidden_{n + 1}")(h)
        h = layers.BatchNormalization(momentum=0.9)(h) if normalise else h
        h = layers.Activation(activation)(h)
        h = layers.Add()([before, h]) if skip else h
    model = lamina.Model(inputs, layers.Dense(1, activation="sigmoid", name="answer")(h))
    model.compile(lamina.optimizers.Adam(0.005), "binary_crossentropy", metrics=["accuracy"])
    return model


# %% [markdown]
# ## Named, before the first step
#
# `lamina.diagnose` looks at the network with its data, and names what it sees:

# %%
sigmoid = deep("sigmoid")
lamina.diagnose(sigmoid, x, arm)

# %% [markdown]
# ## Seen
#
# A callback notes after each epoch how large the slope of the loss is along the weights of each layer.


# %%
class Slopes(lamina.callbacks.Callback):
    """The mean size of the gradient of each hidden layer's kernel, epoch by epoch."""

    def on_train_begin(self, logs=None):
        self.seen = []
        self.kernels = [layer.kernel for layer in self.model.layers if layer.name.startswith("hidden")]

    def on_epoch_end(self, epoch, logs=None):
        with lamina.GradientTape() as tape:
            loss = lamina.ops.mean(lamina.losses.binary_crossentropy(arm[:, None], self.model(x)))
        self.seen.append([float(np.abs(g).mean()) for g in tape.gradient(loss, self.kernels)])


def train(model, epochs=30):
    slopes = Slopes()
    history = model.fit(x, arm, batch_size=30, epochs=epochs, callbacks=[slopes], verbose=0)
    return np.array(slopes.seen), history


seen = {"sigmoid": train(sigmoid), "ReLU": train(deep("relu", "he_normal"))}
figure, axes = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained", sharey=True)
for ax, (name, (slopes, history)) in zip(axes, seen.items()):
    picture = ax.imshow(np.log10(slopes.T), cmap="magma", vmin=-8, vmax=-1, aspect="auto", origin="lower")
    ax.set(title=f"{name}: {history.history['accuracy'][-1]:.0%} right", xlabel="epoch")
axes[0].set(ylabel="hidden layer", yticks=range(0, DEPTH, 3), yticklabels=range(1, DEPTH + 1, 3))
bar = figure.colorbar(picture, ax=axes, label="size of the slope, 10 to the ...")

# %% [markdown]
# With sigmoid the lower layers are in the dark: a slope of 10⁻⁸ moves nothing, and what these layers pass on stays
# noise. With ReLU the loss reaches them all, from the first epoch on.
#
# ## Mended
#
# Sigmoid again, but with batch normalisation, or with skip connections:

# %%
models = {
    "sigmoid": sigmoid,
    "ReLU": deep("relu", "he_normal"),
    "normalised": deep("sigmoid", normalise=True),
    "skips": deep("sigmoid", skip=True),
}
curves = {"sigmoid": seen["sigmoid"]} | {name: train(model) for name, model in list(models.items())[1:]}

figure, axes = plt.subplots(1, 4, figsize=(13, 3.1), layout="constrained")
for ax, (name, model) in zip(axes, models.items()):
    plot.decision_regions(model, x, arm, ax=ax).get_legend().remove()
    ax.set(title=f"{name}: {curves[name][1].history['accuracy'][-1]:.0%} right", xlabel="", ylabel="")

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
for name, (slopes, history) in curves.items():
    left.semilogy(range(1, DEPTH + 1), slopes[0], "o-", markersize=3, label=name)
    right.plot(history.history["loss"], label=name)
left.set(title="after the first epoch", xlabel="hidden layer", ylabel="size of the slope")
right.set(title="the training", xlabel="epoch", ylabel="loss")
ax = left.legend(fontsize=8)

# %% [markdown]
# ## Try
#
# - `DEPTH = 3`: from which depth on does sigmoid fail?
# - `deep("tanh")` has slope 1 at 0. How does its picture look with ten layers, and with thirty?
# - `deep("relu", lamina.initializers.RandomNormal(stddev=1.0))`: now the slopes *explode*. What does `lamina.diagnose`
#   say, and what does `clipnorm=1.0` in `Adam` do about it?
# - On a page that moves: `lamina playground`, six layers of sigmoid on the spirals, and "gradients" on the lines.
