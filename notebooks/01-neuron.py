# %% [markdown]
# # A neuron learns
#
# [한국어](01-neuron.ko.py)
#
# A neuron multiplies, adds, and answers. Here one finds out by itself how degrees Celsius become degrees Fahrenheit,
# from nine thermometers that are read carelessly; and since it has only two numbers to find, its whole search fits into
# one picture.
#
# What a neuron *is* tells [chapter 1 of the path](../docs/path/01-neuron.md).

# %%
import matplotlib.pyplot as plt
import numpy as np

import lamina
from lamina import layers

lamina.utils.set_random_seed(0)
celsius = np.array([-30, -20, -10, 0, 10, 15, 25, 32, 40], "float32")
fahrenheit = 1.8 * celsius + 32 + np.random.default_rng(0).normal(0, 3, 9).astype("float32")
x = celsius[:, None] / 10  # tens of degrees: numbers near 1 are easier to learn from
y = fahrenheit[:, None] / 10

# %% [markdown]
# ## One weight, one bias
#
# `Dense(1)` is the neuron. A model as the last line of a cell shows its layers, their shapes and their parameters.

# %%
model = lamina.Sequential([lamina.Input((1,), name="celsius"), layers.Dense(1, name="fahrenheit")])
model.set_weights([np.array([[-1.0]]), np.array([0.0])])  # a bad guess, to see it mend
model

# %% [markdown]
# At 20 °C it should say 6.8 (tens of degrees Fahrenheit). It does not yet: here is its arithmetic, the loss, and
# backwards the slope of the loss along both numbers.

# %%
model.compile(optimizer=lamina.optimizers.SGD(0.05), loss="mse")
model.explain([2.0], [6.8])

# %% [markdown]
# ## Training, step by step
#
# A callback notes the two numbers after each epoch. What `fit` returns shows itself as a curve.

# %%
numbers = [model.get_weights()]
note = lamina.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: numbers.append(model.get_weights()))
history = model.fit(x, y, batch_size=9, epochs=60, callbacks=[note], verbose=0)
history

# %% [markdown]
# On the left the lines that the neuron drew on its way. On the right the same way on the map of all neurons: each point
# is a weight and a bias, the colour is the loss. Gradient descent goes downhill, straight across the lines of equal
# height.

# %%
w = np.array([float(kernel[0, 0]) for kernel, _ in numbers])
b = np.array([float(bias[0]) for _, bias in numbers])

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
left.plot(x, y, "ko", label="thermometers")
for k, epoch in enumerate((0, 1, 2, 5, 10, 60)):
    left.plot(x, w[epoch] * x + b[epoch], color=plt.cm.viridis(1 - k / 5), label=f"after {epoch} epochs")
left.set(xlabel="10 °C", ylabel="10 °F")
left.legend(fontsize=8)

weights, biases = np.meshgrid(np.linspace(-1.5, 4.5, 120), np.linspace(-1, 5, 120))
losses = ((weights[..., None] * x[:, 0] + biases[..., None] - y[:, 0]) ** 2).mean(-1)
right.contourf(weights, biases, np.log10(losses), levels=20, cmap="magma")
right.plot(w, b, "o-", color="white", markersize=3, linewidth=1)
right.plot(1.8, 3.2, "*", color="cyan", markersize=14, label="the rule: 1.8 and 3.2")
right.set(xlabel="weight", ylabel="bias")
ax = right.legend()

# %%
print(f"found:    F = {w[-1]:.2f} · C + {10 * b[-1]:.1f}")
print("the rule: F = 1.80 · C + 32.0")

# %% [markdown]
# ## Try
#
# - The learning rate: `SGD(0.15)` jumps across the valley to and fro, `SGD(0.25)` leaves it. Where is the border?
# - `lamina.optimizers.Adam(0.3)` takes another way. Why is it not straight across the lines?
# - Give `celsius` as it is, without dividing by ten. Which learning rate is small enough now? Draw the map again: what
#   became of the valley?
