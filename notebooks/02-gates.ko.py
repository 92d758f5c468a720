# %% [markdown]
# <!-- translation of 02-gates.py, sha256 fbaf980de6f0adef -->
# # 게이트: 선 하나가 할 수 있는 것
#
# [English](02-gates.py)
#
# AND, OR, NAND는 뉴런 하나가 배웁니다. XOR는 아무리 오래 학습해도 배우지 못하고, 뉴런 몇 개가 모이면 1초 만에 배웁니다.
# [길의 2장](../docs/path/02-gates.ko.md)은 가중치를 손으로 정하고 까닭을 말합니다. 여기서는 가중치를 배우게 하고
# 지켜봅니다.

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
# ## 게이트마다 뉴런 하나

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
# 뉴런이 어떤 선을 긋든 XOR의 점 하나는 틀린 쪽에 남습니다. 할 수 있는 최선은 네 점 모두에서 망설이는 것입니다. 0.5라고
# 답하고, 손실은 log 2 ≈ 0.69에 머뭅니다.
#
# ## 은닉층
#
# 사이에 뉴런 네 개를 두고, 영역이 생겨나는 것을 봅니다.

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
# 모델과, 입력 (1, 0)에 대한 계산입니다.

# %%
model

# %%
model.explain([1.0, 0.0])

# %% [markdown]
# ## 은닉 뉴런이 말하는 것
#
# 저마다 자기 선을 가지고 있습니다. 답하는 뉴런은 이들이 하는 말에 무게를 매깁니다. *이들의* 답을 가르는 데에는 선
# 하나면 됩니다.

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
# ## 운
#
# 은닉 뉴런이 둘이면 XOR를 *말할 수는* 있습니다. 늘 찾아냅니까? 여섯 번 새로 시작해 봅니다.

# %%
found = {}
for units in (2, 4):
    losses = [train(network(units, seed), "XOR").history["loss"][-1] for seed in range(6)]
    found[units] = sum(loss < 0.1 for loss in losses)
found

# %% [markdown]
# ## 해 보기
#
# - 은닉층에 `activation="relu"`를 쓰면 여섯 번 가운데 몇 번 됩니까? 나머지는 어떻게 되었습니까?
#   (`lamina.diagnose(model, x, y)`가 알지도 모릅니다.)
# - 입력이 셋이고, 1인 입력이 홀수 개면 답이 1입니다. 은닉 뉴런이 몇 개 필요합니까?
# - 움직이는 화면으로 같은 것을: `lamina playground`에서 데이터를 XOR로.
