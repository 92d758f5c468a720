# %% [markdown]
# <!-- translation of 03-activations.py, sha256 916a9d9e527819c3 -->
# # 활성화 함수: 굽음은 어디에서 오나
#
# [English](03-activations.py)
#
# 같은 신경망을 다섯 번, 뉴런의 굽음만 바꾸어 봅니다. 그리고 소프트맥스가 클래스마다 하나씩 있는 수로 무엇을 하는지
# 봅니다. 식은 [길의 3장](../docs/path/03-activations.ko.md)에 있습니다.

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
# ## 신경망은 그것으로 무엇을 만드나
#
# 점들이 고리 둘을 이루고, 뉴런 여덟 개씩인 두 층이 이를 갈라야 합니다. 굽음이 없으면 신경망은 선 하나일 뿐이어서
# 실패합니다. ReLU는 곧은 조각으로 모난 꼴을 만들고, tanh와 시그모이드는 둥근 꼴을 만듭니다.

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
# 배우는 빠르기도 다릅니다. 시그모이드의 기울기는 많아야 ¼이어서, 첫째 층까지 오는 손실이 적습니다.

# %%
figure, ax = plt.subplots(figsize=(6, 3), layout="constrained")
for name in names:
    ax.plot(losses[name]["loss"], label=name)
ax.set(xlabel="epoch", ylabel="loss")
ax = ax.legend(fontsize=8)

# %% [markdown]
# `lamina.diagnose`는 잘못 고른 것 몇 가지를 보기만 해도 압니다. 아래에서는 마지막 층이 0 이상만 말할 수 있는데, 손실은
# 확률을 바랍니다.

# %%
unlucky = lamina.Sequential([lamina.Input((2,)), layers.Dense(8, "relu"), layers.Dense(1, "relu", name="answer")])
unlucky.compile("adam", "binary_crossentropy")
lamina.diagnose(unlucky, x, ring)

# %% [markdown]
# ## 뜨거운 소프트맥스, 차가운 소프트맥스
#
# 소프트맥스는 수를 몫으로 바꿉니다. 먼저 *온도*로 나누면 같은 수로도 또렷이 고르거나(차가울 때) 거의 고르지
# 않습니다(뜨거울 때). 글을 짓는 모델에 달린 손잡이가 이것입니다.

# %%
scores = np.array([3.0, 2.0, 0.5, -1.0])
figure, axes = plt.subplots(1, 3, figsize=(9, 2.4), layout="constrained", sharey=True)
for ax, temperature in zip(axes, (0.3, 1.0, 4.0)):
    shares = np.array(activations.softmax(scores[None] / temperature))[0]
    ax.bar(["cat", "dog", "owl", "cow"], shares, color="C1")
    ax.set(title=f"temperature {temperature}", ylim=(0, 1))


# %% [markdown]
# ## 해 보기
#
# - 나만의 활성화 함수: 아래의 `wave`. 어떤 영역을 만듭니까? Adam 대신 `SGD`를 써도 배웁니까?
# - 두 층 대신 뉴런 여덟 개인 층 하나: 어느 활성화 함수가 가장 힘들어합니까?
# - ReLU를 쓴 신경망은 고리에서 얼마나 멀어져도 여전히 자신만만합니까? 현명한 일입니까? (더 먼 점을 주고
#   `plot.decision_regions`.)


# %%
def wave(z):
    return ops.sin(2 * z)


model = network(wave)
history = model.fit(x, ring, epochs=40, batch_size=32, verbose=0)
ax = plot.decision_regions(model, x, ring)
