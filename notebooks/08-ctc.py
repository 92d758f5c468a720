# %% [markdown]
# # CTC: reading a line
#
# [한국어](08-ctc.ko.py)
#
# A strip of digits, and the digits as a text; nobody says where each one stands. *Connectionist temporal
# classification* learns from that alone, and one can watch how the reading comes into being. The sums behind it are
# done by hand in [chapter 13 of the path](../docs/path/13-ctc.md).

# %%
import sys

import matplotlib.pyplot as plt
import numpy as np

import lamina
from lamina import layers, ops

sys.path.append("../examples")
from _digits import FONT

# %% [markdown]
# ## Strips
#
# The digits of a font of 5 × 7 dots, three to five on a strip of 40 columns, with gaps and noise. A column is a step:
# seven numbers. The text is the digits plus 1, filled up with 0, which stands for nothing.

# %%
rows = [line.split() for line in FONT.split("\n") if line]
GLYPHS = np.array([[[c == "#" for c in row[digit]] for row in rows] for digit in range(10)], "float32")
COLUMNS, LONGEST = 40, 5


def strips(count, seed):
    rng = np.random.default_rng(seed)
    images = rng.normal(0, 0.15, (count, COLUMNS, 7)).astype("float32")
    texts = np.zeros((count, LONGEST), "int32")
    for image, text in zip(images, texts):
        digits = rng.integers(0, 10, rng.integers(3, LONGEST + 1))
        at = rng.integers(0, 4)
        for k, digit in enumerate(digits):
            text[k] = digit + 1
            image[at : at + 5] += GLYPHS[digit].T
            at += 5 + rng.integers(1, 4)
    return images, texts


images, texts = strips(800, seed=0)
new_images, new_texts = strips(200, seed=1)
told = ["".join(str(label - 1) for label in text if label) for text in new_texts]

figure, axes = plt.subplots(4, 1, figsize=(7, 4.6), layout="constrained")
for ax, image, text in zip(axes, new_images, told):
    ax.imshow(image.T, cmap="gray_r", vmin=-0.3, vmax=1.2)
    ax.set_title(text, fontsize=9)
    ax.axis("off")

# %% [markdown]
# ## A reader
#
# An LSTM that goes along the strip in both directions and says at each column one of eleven things: a digit, or
# nothing.

# %%
lamina.utils.set_random_seed(0)
model = lamina.Sequential([
    lamina.Input((COLUMNS, 7)),
    layers.Conv1D(32, 5, padding="same", activation="relu"),
    layers.Bidirectional(layers.LSTM(32, return_sequences=True)),
    layers.Dense(11),
])  # fmt: skip
model.compile(lamina.optimizers.Adam(0.01), lamina.losses.CTC())
model

# %% [markdown]
# `ops.ctc_decode` reads off: what is said twice in a row counts once, and nothings are left out. After each epoch it
# reads three new strips:


# %%
def read(images):
    """The texts that the model reads."""
    scores = model.predict(images, verbose=0)
    (best, *_), _ = ops.ctc_decode(scores, np.full(len(scores), COLUMNS), strategy="greedy", mask_index=0)
    return ["".join(str(label - 1) for label in row if label > 0) for row in np.array(best).tolist()]


print("told  ", *(f"{text:8}" for text in told[:3]))


def look(epoch, logs):
    print(f"{epoch + 1:5} ", *(f"{text or '-':8}" for text in read(new_images[:3])), f"loss {logs['loss']:.2f}")


watch = lamina.callbacks.LambdaCallback(on_epoch_end=look)
history = model.fit(images, texts, batch_size=32, epochs=8, callbacks=[watch], verbose=0)

# %% [markdown]
# At first it says nothing at all: that is the cheapest lie. Then the digits come, first some, then all.

# %%
right = np.mean([found == text for found, text in zip(read(new_images), told)])
print(f"strips without a mistake: {right:.0%}")

# %% [markdown]
# ## Where they stand
#
# Nobody told it the places, and it says each digit at its place, in a single column or two:

# %%
shares = np.array(ops.softmax(model.predict(new_images[:2], verbose=0)))
figure, axes = plt.subplots(4, 1, figsize=(7, 6.6), layout="constrained", sharex=True, height_ratios=(1, 1.6, 1, 1.6))
for k in range(2):
    axes[2 * k].imshow(new_images[k].T, cmap="gray_r", vmin=-0.3, vmax=1.2, aspect="auto")
    axes[2 * k].set(title=f"told {told[k]}, read {read(new_images[k : k + 1])[0]}", yticks=())
    axes[2 * k + 1].imshow(shares[k].T, cmap="viridis", aspect="auto")
    axes[2 * k + 1].set(yticks=range(11), yticklabels=["–", *range(10)])
    axes[2 * k + 1].tick_params(labelsize=7)

# %% [markdown]
# ## Try
#
# - `strategy="beam_search"` in `read` sums over all the ways to spell a text. Is it better where `greedy` fails?
# - Three of the same digit in a row: does it read `777`? What has to be between them?
# - Without `Bidirectional`, the network knows only what came before: where does it say the digits now?
# - Handwritten lines from MNIST: `examples/13_ctc.py --data mnist.npz`.
