# %% [markdown]
# <!-- translation of 10-vanishing-gradients.py, sha256 068388cc74939135 -->
# # 기울기 소실: 보고, 이름 붙이고, 고치기
#
# [English](10-vanishing-gradients.py)
#
# 깊은 신경망에서 첫째 층들은 다른 모든 층을 거쳐서야 손실의 소식을 듣습니다. 여기서는 그 소식이 얼마나 닿는지를 층마다,
# 에포크마다 그림 한 장으로 봅니다. 왜 줄어드는지는 [길의 8장](../docs/path/08-vanishing-gradients.ko.md)이 셈해
# 보입니다.

# %%
import matplotlib.pyplot as plt
import numpy as np

import lamina
from lamina import layers, plot

lamina.config.set_diagnosis("off")  # asked below, it need not speak by itself
rng = np.random.default_rng(0)
turn = rng.uniform(0.2, 1, 300)
arm = np.arange(300) % 2
angle = 4.5 * turn + np.pi * arm
x = (turn * np.stack([np.cos(angle), np.sin(angle)])).T.astype("float32") * 2
x += rng.normal(0, 0.04, x.shape).astype("float32")

DEPTH = 10


def deep(activation, initializer="glorot_uniform", normalise=False, skip=False):
    lamina.utils.set_random_seed(0)
    inputs = lamina.Input((2,))
    h = layers.Dense(16, activation="tanh", name="entrance")(inputs)
    for n in range(DEPTH):
        before = h
        h = layers.Dense(16, kernel_initializer=initializer, name=f"hidden_{n + 1}")(h)
        h = layers.BatchNormalization(momentum=0.9)(h) if normalise else h
        h = layers.Activation(activation)(h)
        h = layers.Add()([before, h]) if skip else h
    model = lamina.Model(inputs, layers.Dense(1, activation="sigmoid", name="answer")(h))
    model.compile(lamina.optimizers.Adam(0.005), "binary_crossentropy", metrics=["accuracy"])
    return model


# %% [markdown]
# ## 첫걸음 전에 이름 붙이기
#
# `lamina.diagnose`는 신경망을 데이터와 함께 보고, 보이는 것의 이름을 말합니다.

# %%
sigmoid = deep("sigmoid")
lamina.diagnose(sigmoid, x, arm)

# %% [markdown]
# ## 보기
#
# 콜백이 에포크마다 층의 가중치에 대한 손실의 기울기가 얼마나 큰지 적어 둡니다.


# %%
class Slopes(lamina.callbacks.Callback):
    """The mean size of the gradient of each hidden layer's kernel, epoch by epoch."""

    def on_train_begin(self, logs=None):
        self.seen = []
        self.kernels = [layer.kernel for layer in self.model.layers if layer.name.startswith("hidden")]

    def on_epoch_end(self, epoch, logs=None):
        with lamina.GradientTape() as tape:
            loss = lamina.ops.mean(lamina.losses.binary_crossentropy(arm[:, None], self.model(x)))
        self.seen.append([float(np.abs(g).mean()) for g in tape.gradient(loss, self.kernels)])


def train(model, epochs=30):
    slopes = Slopes()
    history = model.fit(x, arm, batch_size=30, epochs=epochs, callbacks=[slopes], verbose=0)
    return np.array(slopes.seen), history


seen = {"sigmoid": train(sigmoid), "ReLU": train(deep("relu", "he_normal"))}
figure, axes = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained", sharey=True)
for ax, (name, (slopes, history)) in zip(axes, seen.items()):
    picture = ax.imshow(np.log10(slopes.T), cmap="magma", vmin=-8, vmax=-1, aspect="auto", origin="lower")
    ax.set(title=f"{name}: {history.history['accuracy'][-1]:.0%} right", xlabel="epoch")
axes[0].set(ylabel="hidden layer", yticks=range(0, DEPTH, 3), yticklabels=range(1, DEPTH + 1, 3))
bar = figure.colorbar(picture, ax=axes, label="size of the slope, 10 to the ...")

# %% [markdown]
# 시그모이드를 쓰면 아래쪽 층들은 어둠 속에 있습니다. 10⁻⁸의 기울기로는 아무것도 움직이지 않고, 이 층들이 넘겨주는 것은
# 잡음으로 남습니다. ReLU를 쓰면 첫 에포크부터 손실이 모든 층에 닿습니다.
#
# ## 고치기
#
# 다시 시그모이드이지만, 배치 정규화나 스킵 연결을 더합니다.

# %%
models = {
    "sigmoid": sigmoid,
    "ReLU": deep("relu", "he_normal"),
    "normalised": deep("sigmoid", normalise=True),
    "skips": deep("sigmoid", skip=True),
}
curves = {"sigmoid": seen["sigmoid"]} | {name: train(model) for name, model in list(models.items())[1:]}

figure, axes = plt.subplots(1, 4, figsize=(13, 3.1), layout="constrained")
for ax, (name, model) in zip(axes, models.items()):
    plot.decision_regions(model, x, arm, ax=ax).get_legend().remove()
    ax.set(title=f"{name}: {curves[name][1].history['accuracy'][-1]:.0%} right", xlabel="", ylabel="")

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
for name, (slopes, history) in curves.items():
    left.semilogy(range(1, DEPTH + 1), slopes[0], "o-", markersize=3, label=name)
    right.plot(history.history["loss"], label=name)
left.set(title="after the first epoch", xlabel="hidden layer", ylabel="size of the slope")
right.set(title="the training", xlabel="epoch", ylabel="loss")
ax = left.legend(fontsize=8)

# %% [markdown]
# ## 해 보기
#
# - `DEPTH = 3`: 시그모이드는 몇 층부터 실패합니까?
# - `deep("tanh")`는 0에서 기울기가 1입니다. 열 층일 때, 서른 층일 때 그림은 어떻습니까?
# - `deep("relu", lamina.initializers.RandomNormal(stddev=1.0))`: 이제는 기울기가 *폭발*합니다(기울기 폭발).
#   `lamina.diagnose`는 무엇이라고 하고, `Adam`의 `clipnorm=1.0`은 무엇을 바꿉니까?
# - 움직이는 화면으로: `lamina playground`에서 나선을 시그모이드 여섯 층으로, 선에는 "그래디언트"를.
