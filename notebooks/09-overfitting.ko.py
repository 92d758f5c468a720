# %% [markdown]
# <!-- translation of 09-overfitting.py, sha256 8557221e25b7bd11 -->
# # 과적합: 보고, 이름 붙이고, 고치기
#
# [English](09-overfitting.py)
#
# 점 마흔 개, 서로 겹치는 두 클래스, 그리고 점 천 개도 외울 수 있는 신경망. 신경망이 점 하나하나를 따라 경계를 구부리는
# 것이 보이고, `fit`이 그 이름을 말하며, 네 가지 처방을 써 봅니다. [길의 7장](../docs/path/07-overfitting.ko.md)은 곡선
# 하나로 같은 일을 합니다.

# %%
import warnings

import matplotlib.pyplot as plt
import numpy as np

import lamina
from lamina import layers, plot, regularizers


def moons(count, seed):
    """Two half-moons with noise: points `(count, 2)` and classes `(count, 1)`."""
    rng = np.random.default_rng(seed)
    kind = np.arange(count) % 2
    angle = rng.uniform(0, np.pi, count)
    x = np.stack([np.cos(angle) + kind - 0.5, np.sin(angle) * (1 - 2 * kind) + 0.5 * kind - 0.25], 1)
    return (x + rng.normal(0, 0.35, x.shape)).astype("float32"), kind[:, None]


x, y = moons(40, seed=2)
x_new, y_new = moons(1000, seed=1)


def network(penalty=None, dropout=0.0, units=64):
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((2,))])
    for _ in range(2):
        model.add(layers.Dense(units, activation="relu", kernel_regularizer=penalty))
        if dropout:
            model.add(layers.Dropout(dropout))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(lamina.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy", "binary_crossentropy"])
    return model


# %% [markdown]
# ## 보기
#
# `History`의 곡선이 보여 줍니다. 점 마흔 개에서 잰 오차는 없어지다시피 하고, 새 점에서 잰 오차(점선)는 올라갑니다.

# %%
heart = network()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    history = heart.fit(x, y, batch_size=40, epochs=300, validation_data=(x_new, y_new), verbose=0)
ax = history.plot(["binary_crossentropy", "accuracy"])

# %%
ax = plot.decision_regions(heart, x, y)

# %% [markdown]
# ## 이름 붙이기
#
# 학습하는 동안 `fit`이 경고했습니다. 셀의 마지막 줄에 적은 진단 결과는 무엇이, 어디에서, 왜 그런지, 무엇을 할지 보여
# 줍니다.

# %%
finding = next(warning.message.finding for warning in caught if warning.message.finding.rule == "overfitting")
finding

# %% [markdown]
# ## 고치기
#
# - **더 많은 점**: 있기만 하면 가장 좋습니다.
# - **일찍 멈추기**: 따로 남겨 둔 점에서 가장 좋았던 에포크의 가중치를 간직합니다.
# - 큰 가중치에 매기는 **벌점**: 날카롭게 굽으려면 큰 가중치가 있어야 합니다.
# - **드롭아웃**: 단계마다 뉴런의 절반을 빼서, 누구도 남에게 기대지 못하게 합니다. 300에포크를 학습하면 더 느릴 뿐
#   그래도 외웁니다. 그래서 이것도 일찍 멈춥니다.

# %%
early = {"monitor": "val_binary_crossentropy", "patience": 20, "restore_best_weights": True}
x_kept, y_kept = moons(200, seed=5)
x_many, y_many = moons(1000, seed=3)
quiet = {"batch_size": 40, "verbose": 0, "diagnose": "off"}
mended = {name: network() for name in ("more points", "stop early")}
mended |= {"penalty": network(regularizers.L2(0.01)), "dropout": network(dropout=0.5)}
mended["more points"].fit(x_many, y_many, epochs=20, **quiet)
mended["penalty"].fit(x, y, epochs=300, **quiet)
for name in ("stop early", "dropout"):
    stop = lamina.callbacks.EarlyStopping(**early)
    mended[name].fit(x, y, epochs=300, validation_data=(x_kept, y_kept), callbacks=[stop], **quiet)

figure, axes = plt.subplots(1, 5, figsize=(14, 3), layout="constrained")
for ax, (name, model) in zip(axes, {"by heart": heart, **mended}.items()):
    _, accuracy, error = model.evaluate(x_new, y_new, verbose=0)
    plot.decision_regions(model, x, y, ax=ax).get_legend().remove()
    ax.set(title=f"{name}\nnew: {accuracy:.0%} right, error {error:.2f}", xlabel="", ylabel="")

# %% [markdown]
# 영역이 단순해집니다. *오차*는 맞힌 비율보다 많은 것을 말합니다. 외운 신경망은 틀린 곳에서도 자신만만하고, 바로 그것이
# 비쌉니다.
#
# ## 점이 몇 개면 됩니까?

# %%
counts, errors = (20, 40, 100, 300, 1000), []
for count in counts:
    model = network()
    model.fit(*moons(count, seed=7), epochs=int(6000 / count), **quiet)  # as many points seen by each
    errors.append((model.evaluate(*moons(count, seed=7), verbose=0)[2], model.evaluate(x_new, y_new, verbose=0)[2]))
figure, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
ax.semilogx(counts, errors, "o-", label=["learned from", "new"])
ax.set(xlabel="points to learn from", ylabel="error")
ax = ax.legend()

# %% [markdown]
# 두 곡선 사이에 있는 것이 외운 것입니다. 두 곡선이 만나는 곳부터는 같은 종류의 점이 더 있어도 도움이 되지 않습니다.
#
# ## 해 보기
#
# - `network(units=4)`는 외우지 못합니다. 고친 것들보다 낫습니까?
# - `L2(0.3)`: 처방이 지나칩니다. 두 곡선 가운데 어느 것이 그것을 보여 줍니까?
# - 답 다섯 개를 뒤바꾸십시오: `y[:5] = 1 - y[:5]`. 큰 신경망은 어떻게 하고, 어느 처방이 가장 도움이 됩니까?
