# %% [markdown]
# # Overfitting: seen, named, mended
#
# [한국어](09-overfitting.ko.py)
#
# Forty points, two classes that overlap, and a network that could learn a thousand points by heart. One sees it bend
# its border around single points, `fit` gives it its name, and four remedies are tried. [Chapter 7 of the
# path](../docs/path/07-overfitting.md) does the same to a curve.

# %%
import warnings

import matplotlib.pyplot as plt
import numpy as np

import lamina
from lamina import layers, plot, regularizers


def moons(count, seed):
    """Two half-moons with noise: points `(count, 2)` and classes `(count, 1)`."""
    rng = np.random.default_rng(seed)
    kind = np.arange(count) % 2
    angle = rng.uniform(0, np.pi, count)
    x = np.stack([np.cos(angle) + kind - 0.5, np.sin(angle) * (1 - 2 * kind) + 0.5 * kind - 0.25], 1)
    return (x + rng.normal(0, 0.35, x.shape)).astype("float32"), kind[:, None]


x, y = moons(40, seed=2)
x_new, y_new = moons(1000, seed=1)


def network(penalty=None, dropout=0.0, units=64):
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((2,))])
    for _ in range(2):
        model.add(layers.Dense(units, activation="relu", kernel_regularizer=penalty))
        if dropout:
            model.add(layers.Dropout(dropout))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(lamina.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy", "binary_crossentropy"])
    return model


# %% [markdown]
# ## Seen
#
# The curves of `History` show it: the error on the forty points falls to nothing, that on new points (dashed) rises.

# %%
heart = network()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    history = heart.fit(x, y, batch_size=40, epochs=300, validation_data=(x_new, y_new), verbose=0)
ax = history.plot(["binary_crossentropy", "accuracy"])

# %%
ax = plot.decision_regions(heart, x, y)

# %% [markdown]
# ## Named
#
# While it trained, `fit` warned. A finding as the last line of a cell shows what, where, why, and what to do:

# %%
finding = next(warning.message.finding for warning in caught if warning.message.finding.rule == "overfitting")
finding

# %% [markdown]
# ## Mended
#
# - **more points**: the best, where there are any;
# - **stop early**: keep the weights of the epoch that was best on points kept back;
# - **a penalty** on large weights: sharp bends need large weights;
# - **dropout**: at each step half of the neurons are left out, so that none can lean on another. Trained for 300 epochs
#   it learns by heart all the same, only more slowly; so it stops early too.

# %%
early = {"monitor": "val_binary_crossentropy", "patience": 20, "restore_best_weights": True}
x_kept, y_kept = moons(200, seed=5)
x_many, y_many = moons(1000, seed=3)
quiet = {"batch_size": 40, "verbose": 0, "diagnose": "off"}
mended = {name: network() for name in ("more points", "stop early")}
mended |= {"penalty": network(regularizers.L2(0.01)), "dropout": network(dropout=0.5)}
mended["more points"].fit(x_many, y_many, epochs=20, **quiet)
mended["penalty"].fit(x, y, epochs=300, **quiet)
for name in ("stop early", "dropout"):
    stop = lamina.callbacks.EarlyStopping(**early)
    mended[name].fit(x, y, epochs=300, validation_data=(x_kept, y_kept), callbacks=[stop], **quiet)

figure, axes = plt.subplots(1, 5, figsize=(14, 3), layout="constrained")
for ax, (name, model) in zip(axes, {"by heart": heart, **mended}.items()):
    _, accuracy, error = model.evaluate(x_new, y_new, verbose=0)
    plot.decision_regions(model, x, y, ax=ax).get_legend().remove()
    ax.set(title=f"{name}\nnew: {accuracy:.0%} right, error {error:.2f}", xlabel="", ylabel="")

# %% [markdown]
# The regions become simple. The *error* tells more than the share that is right: the network that learned by heart is
# sure of itself where it is wrong, and that is what costs.
#
# ## How many points are enough?

# %%
counts, errors = (20, 40, 100, 300, 1000), []
for count in counts:
    model = network()
    model.fit(*moons(count, seed=7), epochs=int(6000 / count), **quiet)  # as many points seen by each
    errors.append((model.evaluate(*moons(count, seed=7), verbose=0)[2], model.evaluate(x_new, y_new, verbose=0)[2]))
figure, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
ax.semilogx(counts, errors, "o-", label=["learned from", "new"])
ax.set(xlabel="points to learn from", ylabel="error")
ax = ax.legend()

# %% [markdown]
# Between the curves lies what was learned by heart. Where they meet, more points of the same kind help no more.
#
# ## Try
#
# - `network(units=4)` cannot learn by heart. Is it better than the mended ones?
# - `L2(0.3)`: too much of a remedy. Which of the two curves shows it?
# - Exchange five answers: `y[:5] = 1 - y[:5]`. What does the large network do, and which remedy helps most?
