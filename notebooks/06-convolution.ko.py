# %% [markdown]
# <!-- translation of 06-convolution.py, sha256 193eef51a6de7781 -->
# # 합성곱: 미끄러지는 창
#
# [English](06-convolution.py)
#
# 손으로 만든 필터 셋, 신경망이 스스로 찾은 여덟, 그리고 어디를 보았는지 물어보는 방법입니다. 필터가 어떻게 계산하는지,
# 왜 획이 어디에 있든 알아보는지는 [길의 10장](../docs/path/10-convolution.ko.md)이 알려 줍니다.
#
# 환경 변수(`MNIST`, `mnist.npz`의 경로)가 있는 곳을 알려 주면 숫자는 MNIST이고, 아니면 글꼴로 여기서 그립니다.

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
# ## 손으로
#
# 아무도 학습시키지 않은 3 × 3 창 세 개인 층입니다. 하나는 흐리게 하고, 하나는 왼쪽에서 오른쪽으로 바뀌는 가장자리를,
# 하나는 위에서 아래로 바뀌는 가장자리를 봅니다.

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
# ## 학습으로 찾기
#
# 5 × 5 창 여덟 개, 둘째 층에 열여섯 개, 2 × 2마다 가장 센 답, 그리고 몫 열 개입니다.

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
# 창 여덟 개와, 숫자 하나에 대한 그 답입니다.

# %%
axes = plot.filters(model.get_layer("windows"))

# %%
axes = plot.activations(model, x_new[0], "windows")

# %% [markdown]
# ## 어디를 보았습니까?
#
# 이미지 한 곳을 회색 네모로 가리고 다시 묻습니다. 그리고 다음 자리로 갑니다. 그 숫자의 몫이 떨어지는 곳에 중요한 것이
# 있었습니다.

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
# 어두운 곳이 필요했던 곳입니다. 어디나 밝은 숫자는 한 부분이 아니라 여러 부분으로 알아보는 것입니다. 그래디언트로는
# 같은 것을 모든 화소에 한꺼번에 묻습니다. 화소 하나가 조금 커지면 몫은 얼마나 달라집니까?

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
# ## 해 보기
#
# - 또렷하게 하는 필터(가운데는 2, 둘레 여덟은 −1/8씩)와 대각선을 보는 필터를 적어 보십시오.
# - `plot.activations(model, x_new[0], "conv2d")`: 둘째 층은 무엇이라고 답합니까? (층의 이름은 `model.summary()`에
#   있습니다.)
# - 시험 숫자를 모두 화소 셋만큼 옮기고(`np.roll(x_new, 3, axis=2)`) 재 보십시오. 첫 층으로
#   `layers.RandomTranslation(0.1, 0.1)`을 두고 학습한 뒤에는 어떻습니까?
# - 회색 대신 검은색(0.0)으로 가려 보십시오. 어느 숫자에서 빈 곳이 잉크만큼 중요합니까?
