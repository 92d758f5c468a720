# %% [markdown]
# # Breakfast cereals: numbers from a table
#
# [한국어](05-cereals.ko.py)
#
# How many calories has a bowl, going by sugar, fibre and protein? A neuron gives an answer that one can read, a larger
# network perhaps a better one, and `fit_table` does all of it in a line.
#
# The table of eighty real cereals does not come with lamina. If you have it (columns `calories`, `sugars`, `fiber`,
# `protein`; -1 where a value is missing), put its path into the environment as `CEREALS`. Without it eighty are made up
# here, after a rule with noise.

# %%
import csv
import os

import matplotlib.pyplot as plt
import numpy as np

import lamina
from lamina import layers

inputs = ("sugars", "fiber", "protein")
if path := os.environ.get("CEREALS"):
    with open(path, newline="") as file:
        rows = [[float(row[name]) for name in (*inputs, "calories")] for row in csv.DictReader(file)]
    table = np.array([row for row in rows if min(row) >= 0], "float32")
else:
    rng = np.random.default_rng(0)
    grams = [rng.uniform(0, 15, 80), rng.uniform(0, 8, 80), rng.uniform(1, 6, 80)]
    calories = 90 + 2.5 * grams[0] - 3 * grams[1] + 5 * grams[2] + rng.normal(0, 8, 80)
    table = np.stack([*grams, calories], 1).astype("float32")
x, y = table[:, :3], table[:, 3:]
print(len(table), "cereals,", path or "made up here")

# %%
figure, axes = plt.subplots(1, 3, figsize=(11, 2.8), layout="constrained", sharey=True)
for ax, name, column in zip(axes, inputs, x.T):
    ax.plot(column, y, "o", markersize=4)
    ax.set(xlabel=f"{name}, g")
ax = axes[0].set(ylabel="calories")

# %% [markdown]
# ## A neuron
#
# `Normalization` learns mean and spread of each column, so that all inputs speak equally loud. A fifth of the cereals
# is kept back.

# %%
order = np.random.default_rng(1).permutation(len(x))
cut = int(0.8 * len(x))
known, new = order[:cut], order[cut:]

lamina.utils.set_random_seed(0)
scale = layers.Normalization(name="scale")
scale.adapt(x[known])
neuron = lamina.Sequential([lamina.Input((3,)), scale, layers.Dense(1, name="calories")])
neuron.compile(lamina.optimizers.Adam(0.5), "mse", metrics=["mae"])
history = neuron.fit(x[known], y[known], batch_size=16, epochs=200, validation_data=(x[new], y[new]), verbose=0)
history

# %% [markdown]
# Its weights can be read. Turned back into grams they are a rule of the kitchen:

# %%
kernel, bias = neuron.get_layer("calories").get_weights()
mean, spread = x[known].mean(0), x[known].std(0)
per_gram = kernel[:, 0] / spread
print(
    f"calories = {float(bias[0]) - float(per_gram @ mean):.0f}", *(f"{w:+.1f} · {n}" for w, n in zip(per_gram, inputs))
)

# %%
neuron.explain(x[new[0]])

# %% [markdown]
# ## And a network?
#
# Sixteen hidden neurons can bend. With so few cereals that is a danger as much as a help:

# %%
network = lamina.Sequential(
    [lamina.Input((3,)), scale, layers.Dense(16, activation="relu"), layers.Dense(1)], name="network"
)
network.compile(lamina.optimizers.Adam(0.05), "mse", metrics=["mae"])
network.fit(x[known], y[known], batch_size=16, epochs=200, diagnose="off", verbose=0)

figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained", sharex=True, sharey=True)
for ax, (name, model) in zip(axes, {"a neuron": neuron, "a network": network}.items()):
    error = model.evaluate(x[new], y[new], verbose=0)[1]
    ax.plot(y[known], model.predict(x[known], verbose=0), "o", color="0.75", label="known")
    ax.plot(y[new], model.predict(x[new], verbose=0), "o", color="C1", label="new")
    ax.axline((100, 100), slope=1, color="k", linewidth=0.8)
    ax.set(title=f"{name}: off by {error:.1f} kcal", xlabel="calories", ylabel="the answer")
ax = axes[0].legend()

# %% [markdown]
# On a fifth of eighty rows that error is a matter of luck: another `permutation` gives another one. Testing every row
# once is better.
#
# ## In a line
#
# `fit_table` tells the columns apart, tests every row once, and takes the neuron or the network, whichever does better
# on rows that it has not seen; a neuron without a bend is called a linear model. Here on the same three columns, with
# two folds to be quick:

# %%
columns = {name: table[:, k].tolist() for k, name in enumerate((*inputs, "calories"))}
found = lamina.fit_table(columns, target="calories", folds=2, hidden=(8,), epochs=40, verbose=False)
for name, figures in found.figures.items():
    print(f"{name:12} off by {figures['mean absolute error']:4.1f} kcal, R² {figures['R squared']:5.2f}")

# %%
print(found.predict({"sugars": [0.0, 12.0], "fiber": [5.0, 0.0], "protein": [4.0, 1.0]}).round())

# %% [markdown]
# ## Try
#
# - Train the neuron on sugars alone. What becomes of the weight of sugar, and why?
# - `found.report("cereals.html")` writes a page to open in the browser. What does it say of each column?
# - A row with a mistake in it, `y[0] = 900`: what does it do to the neuron trained with `"mse"`, and what with `"mae"`?
