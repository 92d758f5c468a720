# %% [markdown]
# # Gates: what one line can do
#
# [한국어](02-gates.ko.py)
#
# AND, OR and NAND are learned by a single neuron. XOR is not, however long it trains, and a handful of neurons learn it
# in a second. [Chapter 2 of the path](../docs/path/02-gates.md) sets the weights by hand and says why; here they are
# learned, and one watches.

# %%
import matplotlib.pyplot as plt
import numpy as np

import lamina
from lamina import layers, plot

rows = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
gates = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0], "XOR": [0, 1, 1, 0]}


def network(hidden=0, seed=0):
    lamina.utils.set_random_seed(seed)
    model = lamina.Sequential([lamina.Input((2,))])
    if hidden:
        model.add(layers.Dense(hidden, activation="tanh", name="hidden"))
    model.add(layers.Dense(1, activation="sigmoid", name="answer"))
    model.compile(lamina.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    return model


def train(model, gate, epochs=300):
    target = np.array(gates[gate], "float32")[:, None]
    return model.fit(rows, target, batch_size=4, epochs=epochs, diagnose="off", verbose=0)


# %% [markdown]
# ## One neuron for each gate

# %%
figure, axes = plt.subplots(1, 4, figsize=(12, 3), layout="constrained")
for ax, (gate, answers) in zip(axes, gates.items()):
    model = network()
    history = train(model, gate)
    plot.decision_regions(model, rows, answers, ax=ax).get_legend().remove()
    ax.scatter(*rows.T, s=70, c=answers, cmap="coolwarm", edgecolors="k", zorder=3)
    right = int(4 * history.history["accuracy"][-1])
    ax.set(title=f"{gate}: {right} of 4 right, loss {history.history['loss'][-1]:.2f}", xlabel="", ylabel="")

# %% [markdown]
# Each line that the neuron could draw leaves a point of XOR on the wrong side. The best it can do is to be in doubt
# about all four: it answers 0.5, and the loss stays at log 2 ≈ 0.69.
#
# ## A hidden layer
#
# Four neurons in between, and the regions as they form:

# %%
model = network(hidden=4)
figure, axes = plt.subplots(1, 5, figsize=(13, 2.8), layout="constrained")
done = 0
for ax, until in zip(axes, (0, 10, 20, 40, 300)):
    if until > done:
        train(model, "XOR", epochs=until - done)
    done = until
    plot.decision_regions(model, rows, gates["XOR"], ax=ax).get_legend().remove()
    ax.scatter(*rows.T, s=70, c=gates["XOR"], cmap="coolwarm", edgecolors="k", zorder=3)
    ax.set(title=f"after {until} epochs", xlabel="", ylabel="")

# %% [markdown]
# The model, and its arithmetic for the input (1, 0):

# %%
model

# %%
model.explain([1.0, 0.0])

# %% [markdown]
# ## What the hidden neurons say
#
# Each has a line of its own. The answer weighs what they say; a single line is enough to part *their* answers.

# %%
side = np.linspace(-0.3, 1.3, 80, dtype="float32")
plane = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
hidden = lamina.Model(model.inputs, model.get_layer("hidden").output)
figure, axes = plt.subplots(1, 4, figsize=(12, 3), layout="constrained")
for k, ax in enumerate(axes):
    ax.contourf(side, side, hidden.predict(plane, verbose=0)[:, k].reshape(80, 80), levels=20, cmap="RdBu")
    ax.scatter(*rows.T, s=70, c=gates["XOR"], cmap="coolwarm", edgecolors="k")
    weight = float(model.get_layer("answer").kernel[k, 0])
    ax.set(title=f"hidden {k + 1}, counts {weight:+.1f}", xticks=(0, 1), yticks=(0, 1))

# %% [markdown]
# ## Luck
#
# With two hidden neurons the network *can* say XOR. Does it always find it? Six beginnings:

# %%
found = {}
for units in (2, 4):
    losses = [train(network(units, seed), "XOR").history["loss"][-1] for seed in range(6)]
    found[units] = sum(loss < 0.1 for loss in losses)
found

# %% [markdown]
# ## Try
#
# - `activation="relu"` in the hidden layer: how many of six beginnings succeed now? What happened to the others?
#   (`lamina.diagnose(model, x, y)` may know.)
# - Three inputs, and the answer is 1 if an odd number of them is 1. How many hidden neurons does it take?
# - The same on a page that moves: `lamina playground`, with the data XOR.
