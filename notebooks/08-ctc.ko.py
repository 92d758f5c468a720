# %% [markdown]
# <!-- translation of 08-ctc.py, sha256 063f1559de309566 -->
# # CTC: 한 줄 읽기
#
# [English](08-ctc.py)
#
# 숫자가 적힌 띠 하나, 그리고 글로 적은 숫자들. 어느 숫자가 어디에 있는지는 아무도 말해 주지 않습니다. *연결주의 시간
# 분류*(CTC)는 그것만으로 배우고, 읽는 힘이 생겨나는 것을 지켜볼 수 있습니다. 그 뒤에 있는 합은 [길의
# 13장](../docs/path/13-ctc.ko.md)이 손으로 합니다.

# %%
import sys

import matplotlib.pyplot as plt
import numpy as np

import lamina
from lamina import layers, ops

sys.path.append("../examples")
from _digits import FONT

# %% [markdown]
# ## 띠
#
# 5 × 7 점 글꼴의 숫자를 40칸짜리 띠에 셋에서 다섯 개, 사이를 띄우고 잡음을 섞어 놓습니다. 한 칸이 한 단계이고 수 일곱
# 개입니다. 글은 숫자에 1을 더한 것이고, 아무것도 아님을 뜻하는 0으로 채웁니다.

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
# ## 읽는 신경망
#
# 띠를 양쪽으로 따라가며, 칸마다 열한 가지 가운데 하나를 말하는 LSTM입니다. 숫자 하나, 또는 아무것도 아님.

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
# `ops.ctc_decode`가 읽어 냅니다. 거듭 말한 것은 한 번으로 세고, 아무것도 아닌 것은 뺍니다. 에포크가 끝날 때마다 새 띠
# 셋을 읽습니다.


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
# 처음에는 아무 말도 하지 않습니다. 그것이 가장 값싼 거짓말입니다. 그러다 숫자가 나옵니다. 처음에는 몇 개, 나중에는
# 모두.

# %%
right = np.mean([found == text for found, text in zip(read(new_images), told)])
print(f"strips without a mistake: {right:.0%}")

# %% [markdown]
# ## 어디에 있습니까?
#
# 아무도 자리를 알려 주지 않았는데, 숫자마다 제자리에서 한두 칸에 걸쳐 말합니다.

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
# ## 해 보기
#
# - `read`에서 `strategy="beam_search"`는 한 글을 쓰는 모든 길을 더합니다. `greedy`가 틀리는 곳에서 더 낫습니까?
# - 같은 숫자 셋이 잇따르면: `777`을 읽습니까? 그 사이에는 무엇이 있어야 합니까?
# - `Bidirectional`이 없으면 신경망은 앞에 온 것만 압니다. 이제 숫자를 어디에서 말합니까?
# - MNIST로 만든 손글씨 줄: `examples/13_ctc.py --data mnist.npz`.
