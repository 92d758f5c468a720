# %% [markdown]
# # Activations: where the bends come from
#
# [한국어](03-activations.ko.py)
#
# The same network five times, with another bend in its neurons; and what softmax does with one number for each class.
# The formulas stand in [chapter 3 of the path](../docs/path/03-activations.md).

# %%
import matplotlib.pyplot as plt
import numpy as np

import lamina
from lamina import activations, layers, ops, plot

lamina.config.set_diagnosis("off")  # asked below, it need not speak by itself
names = ("linear", "sigmoid", "tanh", "relu", "leaky_relu")
z = np.linspace(-5, 5, 401)
figure, axes = plt.subplots(1, 5, figsize=(13, 2.6), layout="constrained", sharey=True)
for ax, name in zip(axes, names):
    point = lamina.Variable(z)
    with lamina.GradientTape() as tape:
        value = activations.get(name)(1.0 * point)
    ax.plot(z, value, label="value")
    ax.plot(z, tape.gradient(value, point), "--", label="slope")
    ax.set(title=name, ylim=(-1.5, 2.5))
    ax.axhline(0, color="0.8", zorder=0)
ax = axes[0].legend(fontsize=8)

# %% [markdown]
# ## What a network makes of them
#
# Two rings of points, and two layers of eight neurons to part them. Without a bend the network is a line, and fails.
# ReLU makes corners of straight pieces; tanh and sigmoid make round forms.

# %%
rng = np.random.default_rng(0)
angle = rng.uniform(0, 2 * np.pi, 300)
ring = rng.integers(0, 2, 300)
radius = np.where(ring, 2.0, 0.8) + rng.normal(0, 0.25, 300)
x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).astype("float32")


def network(activation):
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([
        lamina.Input((2,)),
        layers.Dense(8, activation=activation),
        layers.Dense(8, activation=activation),
        layers.Dense(1, activation="sigmoid"),
    ])  # fmt: skip
    model.compile(lamina.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
    return model


losses = {}
figure, axes = plt.subplots(1, 5, figsize=(13, 2.8), layout="constrained")
for ax, name in zip(axes, names):
    model = network(name)
    losses[name] = model.fit(x, ring, epochs=40, batch_size=32, verbose=0).history
    plot.decision_regions(model, x, ring, ax=ax).get_legend().remove()
    ax.set(title=f"{name}: {losses[name]['accuracy'][-1]:.0%}", xlabel="", ylabel="")

# %% [markdown]
# How fast they learn differs too: the sigmoid's slope is ¼ at most, so less of the loss comes through to the first
# layer.

# %%
figure, ax = plt.subplots(figsize=(6, 3), layout="constrained")
for name in names:
    ax.plot(losses[name]["loss"], label=name)
ax.set(xlabel="epoch", ylabel="loss")
ax = ax.legend(fontsize=8)

# %% [markdown]
# `lamina.diagnose` knows some unlucky choices by sight. Here the last layer may only say 0 or more, where the loss
# wants a probability:

# %%
unlucky = lamina.Sequential([lamina.Input((2,)), layers.Dense(8, "relu"), layers.Dense(1, "relu", name="answer")])
unlucky.compile("adam", "binary_crossentropy")
lamina.diagnose(unlucky, x, ring)

# %% [markdown]
# ## Softmax, hot and cold
#
# Softmax turns numbers into shares. Divided by a *temperature* first, the same numbers make a sharp choice (cold) or
# almost none (hot): a dial that text generators have.

# %%
scores = np.array([3.0, 2.0, 0.5, -1.0])
figure, axes = plt.subplots(1, 3, figsize=(9, 2.4), layout="constrained", sharey=True)
for ax, temperature in zip(axes, (0.3, 1.0, 4.0)):
    shares = np.array(activations.softmax(scores[None] / temperature))[0]
    ax.bar(["cat", "dog", "owl", "cow"], shares, color="C1")
    ax.set(title=f"temperature {temperature}", ylim=(0, 1))


# %% [markdown]
# ## Try
#
# - An activation of your own: `wave` below. What regions does it make? Does it still learn with `SGD` in place of Adam?
# - Eight neurons in one layer in place of two: which activations suffer most?
# - At which distance from the rings is the network with ReLU still sure of itself? Is that wise?
#   (`plot.decision_regions` with points further out.)


# %%
def wave(z):
    return ops.sin(2 * z)


model = network(wave)
history = model.fit(x, ring, epochs=40, batch_size=32, verbose=0)
ax = plot.decision_regions(model, x, ring)
