# %% [markdown]
# # LSTM: going on with a melody
#
# [한국어](07-lstm.ko.py)
#
# A recurrent network reads a wave step by step and says what comes next. Then it is left alone: its own answer is its
# next input, and it goes on by itself. What the gates of an LSTM do stands in [chapter 11 of the
# path](../docs/path/11-recurrence.md).

# %%
import matplotlib.pyplot as plt
import numpy as np

import lamina
from lamina import layers

rng = np.random.default_rng(0)
t = np.arange(1400)
wave = (np.sin(2 * np.pi * t / 25) * (1 + 0.5 * np.sin(2 * np.pi * t / 100)) / 1.5).astype("float32")
noisy = wave + rng.normal(0, 0.03, len(t)).astype("float32")

figure, ax = plt.subplots(figsize=(11, 2.2), layout="constrained")
ax.plot(noisy[:400])
ax = ax.set(xlabel="step")

# %% [markdown]
# ## Windows
#
# Each row is a window of fifty steps, its target the step after it: `(windows, steps, features)`. The first thousand
# steps are for learning.

# %%
LENGTH = 50
windows = np.lib.stride_tricks.sliding_window_view(noisy, LENGTH + 1)
x, y = windows[:, :-1, None], windows[:, -1:]
known = 1000 - LENGTH
x.shape, y.shape

# %%
lamina.utils.set_random_seed(0)
model = lamina.Sequential([
    lamina.Input((None, 1)),
    layers.LSTM(32, name="memory"),
    layers.Dense(1, name="next"),
])  # fmt: skip
model.compile(lamina.optimizers.Adam(0.01), "mse", metrics=["mae"])
model

# %%
history = model.fit(x[:known], y[:known], batch_size=32, epochs=15, validation_data=(x[1000:], y[1000:]), verbose=0)
history

# %% [markdown]
# ## One step ahead, and all alone
#
# One step ahead is easy: even "as before" would not be far off. Alone it has to have understood: after fifty steps it
# hears nothing but itself.


# %%
def alone(start, steps):
    """What the model says after `start`, fed with its own answers."""
    heard = list(start)
    for _ in range(steps):
        heard.append(float(model(np.array(heard[-LENGTH:], "float32")[None, :, None])[0, 0]))
    return np.array(heard[len(start) :])


ahead = model.predict(x[1000:1200], verbose=0)[:, 0]
song = alone(noisy[1000 : 1000 + LENGTH], 200)
truth = wave[1000 + LENGTH : 1000 + LENGTH + 200]
figure, axes = plt.subplots(2, 1, figsize=(11, 4.2), layout="constrained", sharex=True)
for ax, name, answer in zip(axes, ("one step ahead", "alone"), (ahead, song)):
    ax.plot(truth, color="0.7", linewidth=4, label="the wave")
    ax.plot(answer, color="C1", label=name)
    ax.set(title=f"{name}: off by {np.abs(answer - truth).mean():.3f}")
axes[1].set(xlabel="steps after the first fifty")
ax = axes[0].legend(fontsize=8, loc="upper right")

# %% [markdown]
# ## What it remembers
#
# The same layer with `return_sequences=True` shows its thirty-two numbers at every step. Some swing with the fast wave,
# some follow how strong it is.

# %%
watcher = lamina.Sequential([lamina.Input((None, 1)), layers.LSTM(32, return_sequences=True)])
watcher.set_weights(model.get_layer("memory").get_weights())
states = watcher.predict(noisy[None, 1000:1200, None], verbose=0)[0]
order = np.argsort(np.abs(np.corrcoef(states.T, noisy[1000:1200])[-1, :-1]))
figure, (above, below) = plt.subplots(2, 1, figsize=(11, 4), layout="constrained", sharex=True, height_ratios=(1, 3))
above.plot(noisy[1000:1200])
below.imshow(states[:, order].T, cmap="RdBu", vmin=-0.5, vmax=0.5, aspect="auto")
ax = below.set(ylabel="unit", xlabel="step")

# %% [markdown]
# ## Try
#
# - Six units in place of thirty-two, or `SimpleRNN(32)`, or `GRU(32)`: which still go on alone for 200 steps?
# - Let it sing for 1000 steps. Does the strength keep its rhythm of 100 steps, or does the song drift away?
# - Noise of 0.3: the answers become smoother than what was heard. Why is that right?
# - A series of your own with a season: `examples/12_lstm.py --data FILE.csv --column NAME --season N` measures a
#   forecast honestly.
