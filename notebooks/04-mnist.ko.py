# %% [markdown]
# <!-- translation of 04-mnist.py, sha256 fe9978eaaba54781 -->
# # 손으로 쓴 숫자
#
# [English](04-mnist.py)
#
# 화소에서 숫자까지: 데이터를 보고, 학습하고, 그다음 무엇이 틀렸는지, 신경망이 무엇을 찾는지 봅니다. 길에서는
# [6장](../docs/path/06-dense-network.ko.md)이 직접 만든 숫자로 같은 이야기를 합니다.
#
# MNIST는 lamina에 들어 있지 않습니다. `mnist.npz`가 있으면 그 경로를 환경 변수 `MNIST`에 넣으십시오. 아니면 아래에
# `lamina.datasets.mnist.load_data()`라고 적으면 한 번 내려받습니다. 둘 다 없으면 글꼴로 그린 숫자에 잡음을 섞어 씁니다.
# 더 쉽지만 프로그램은 같습니다.

# %%
import os
import sys

import matplotlib.pyplot as plt
import numpy as np

import lamina
from lamina import layers, plot

sys.path.append("../examples")
from _digits import load

path = os.environ.get("MNIST")
(images, labels), (new_images, new_labels) = load(path, quick=path is None)
print(images.shape, images.dtype, "to learn from,", len(new_images), "to test with:", path or "drawn here")

# %%
figure, axes = plt.subplots(2, 10, figsize=(11, 2.6), layout="constrained")
for ax, image, label in zip(axes.flat, images, labels):
    ax.imshow(image, cmap="gray_r")
    ax.set_title(label, fontsize=9)
    ax.axis("off")

# %% [markdown]
# ## 신경망
#
# 0에서 255까지인 화소 값은 모델 안에서 0에서 1까지의 수가 됩니다. 그래서 모델은 이미지를 있는 그대로 받습니다. 그다음
# 은닉층이 하나 있고, 열 숫자마다 몫이 하나씩 나옵니다.

# %%
lamina.utils.set_random_seed(0)
model = lamina.Sequential([
    lamina.Input((28, 28)),
    layers.Rescaling(1 / 255),
    layers.Flatten(),
    layers.Dense(64, activation="relu", name="hidden"),
    layers.Dense(10, activation="softmax", name="digit"),
])  # fmt: skip
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model

# %% [markdown]
# 학습이 어떻게 되어 가는지 한 줄이 알려 줍니다.

# %%
history = model.fit(images, labels, batch_size=32, epochs=5, validation_split=0.1)

# %%
history

# %% [markdown]
# ## 얼마나 잘합니까?
#
# 학습에도, 무엇을 고르는 데에도 쓰지 않은, 한 번도 보지 못한 이미지로 잽니다.

# %%
loss, accuracy = model.evaluate(new_images, new_labels, verbose=0)
shares = model.predict(new_images, verbose=0)
guess = shares.argmax(1)
print(f"right: {accuracy:.1%}")
ax = plot.confusion(new_labels, guess)

# %% [markdown]
# 가장 어려워한 이미지 열 장: 참된 숫자에 가장 적은 몫을 준 것들입니다.

# %%
given = shares[np.arange(len(shares)), new_labels]
figure, axes = plt.subplots(1, 10, figsize=(12, 1.9), layout="constrained")
for ax, i in zip(axes, given.argsort()[:10]):
    ax.imshow(new_images[i], cmap="gray_r")
    ax.set_title(
        f"{guess[i]} ({shares[i, guess[i]]:.0%})\nis {new_labels[i]}",
        fontsize=8,
        color="k" if guess[i] == new_labels[i] else "crimson",
    )
    ax.axis("off")

# %% [markdown]
# ## 뉴런은 무엇을 찾습니까?
#
# 은닉 뉴런 하나의 가중치 784개는 이미지 꼴을 하고 있습니다. 파란 곳은 찬성, 빨간 곳은 반대입니다.

# %%
kernel = model.get_layer("hidden").kernel.numpy().T.reshape(-1, 28, 28)
figure, axes = plt.subplots(2, 10, figsize=(11, 2.4), layout="constrained")
for ax, weights in zip(axes.flat, kernel):
    ax.imshow(weights, cmap="RdBu", vmin=-0.2, vmax=0.2)
    ax.axis("off")

# %% [markdown]
# ## 잡음을 얼마나 견딥니까?

# %%
rng = np.random.default_rng(1)
right = []
for amount in (0, 50, 100, 150, 200):
    noisy = np.clip(new_images + rng.uniform(-amount, amount, new_images.shape), 0, 255)
    right.append(model.evaluate(noisy, new_labels, verbose=0)[1])
figure, ax = plt.subplots(figsize=(5, 2.6), layout="constrained")
ax.plot((0, 50, 100, 150, 200), right, "o-")
ax = ax.set(xlabel="noise, of 255", ylabel="share right", ylim=(0, 1.02))

# %% [markdown]
# ## 해 보기
#
# - 은닉 뉴런을 64개 대신 여덟 개로: 얼마나 나빠집니까? 가중치를 보십시오. 더 또렷합니까?
# - 잡음 섞인 이미지로도 학습하고(`Rescaling` 뒤에 `layers.GaussianNoise(0.3)`) 마지막 곡선을 다시 그려 보십시오.
# - 숫자를 10도 돌리고(`scipy.ndimage.rotate`), 20도, 90도 돌려 보십시오. 언제 무너집니까?
# - 합성곱 신경망은 더 잘합니다: [합성곱 노트북](06-convolution.ko.py).
