# %% [markdown]
# <!-- translation of 05-cereals.py, sha256 9ecd671a909a1a5f -->
# # 아침 시리얼: 표 속의 수
#
# [English](05-cereals.py)
#
# 당, 섬유, 단백질로 미루어 시리얼 한 그릇은 몇 칼로리입니까? 뉴런 하나는 사람이 읽을 수 있는 답을 주고, 더 큰 신경망은
# 어쩌면 더 나은 답을 주며, `fit_table`은 이 모두를 한 줄로 합니다.
#
# 진짜 시리얼 여든 가지의 표는 lamina에 들어 있지 않습니다. 있으면(열 `calories`, `sugars`, `fiber`, `protein`, 빈 값은
# -1) 그 경로를 환경 변수 `CEREALS`에 넣으십시오. 없으면 여든 가지를 규칙과 잡음으로 지어냅니다.

# %%
import csv
import os

import matplotlib.pyplot as plt
import numpy as np

import lamina
from lamina import layers

inputs = ("sugars", "fiber", "protein")
if path := os.environ.get("CEREALS"):
    with open(path, newline="") as file:
        rows = [[float(row[name]) for name in (*inputs, "calories")] for row in csv.DictReader(file)]
    table = np.array([row for row in rows if min(row) >= 0], "float32")
else:
    rng = np.random.default_rng(0)
    grams = [rng.uniform(0, 15, 80), rng.uniform(0, 8, 80), rng.uniform(1, 6, 80)]
    calories = 90 + 2.5 * grams[0] - 3 * grams[1] + 5 * grams[2] + rng.normal(0, 8, 80)
    table = np.stack([*grams, calories], 1).astype("float32")
x, y = table[:, :3], table[:, 3:]
print(len(table), "cereals,", path or "made up here")

# %%
figure, axes = plt.subplots(1, 3, figsize=(11, 2.8), layout="constrained", sharey=True)
for ax, name, column in zip(axes, inputs, x.T):
    ax.plot(column, y, "o", markersize=4)
    ax.set(xlabel=f"{name}, g")
ax = axes[0].set(ylabel="calories")

# %% [markdown]
# ## 뉴런 하나
#
# `Normalization`은 열마다 평균과 퍼진 정도를 익혀서, 모든 입력이 같은 크기로 말하게 합니다. 시리얼의 5분의 1은 따로
# 남겨 둡니다.

# %%
order = np.random.default_rng(1).permutation(len(x))
cut = int(0.8 * len(x))
known, new = order[:cut], order[cut:]

lamina.utils.set_random_seed(0)
scale = layers.Normalization(name="scale")
scale.adapt(x[known])
neuron = lamina.Sequential([lamina.Input((3,)), scale, layers.Dense(1, name="calories")])
neuron.compile(lamina.optimizers.Adam(0.5), "mse", metrics=["mae"])
history = neuron.fit(x[known], y[known], batch_size=16, epochs=200, validation_data=(x[new], y[new]), verbose=0)
history

# %% [markdown]
# 이 가중치는 읽을 수 있습니다. 그램으로 되돌리면 부엌에서 쓸 규칙이 됩니다.

# %%
kernel, bias = neuron.get_layer("calories").get_weights()
mean, spread = x[known].mean(0), x[known].std(0)
per_gram = kernel[:, 0] / spread
print(
    f"calories = {float(bias[0]) - float(per_gram @ mean):.0f}", *(f"{w:+.1f} · {n}" for w, n in zip(per_gram, inputs))
)

# %%
neuron.explain(x[new[0]])

# %% [markdown]
# ## 신경망이라면?
#
# 은닉 뉴런 열여섯 개는 굽을 수 있습니다. 시리얼이 이렇게 적을 때에는 도움이 되는 만큼 위험하기도 합니다.

# %%
network = lamina.Sequential(
    [lamina.Input((3,)), scale, layers.Dense(16, activation="relu"), layers.Dense(1)], name="network"
)
network.compile(lamina.optimizers.Adam(0.05), "mse", metrics=["mae"])
network.fit(x[known], y[known], batch_size=16, epochs=200, diagnose="off", verbose=0)

figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained", sharex=True, sharey=True)
for ax, (name, model) in zip(axes, {"a neuron": neuron, "a network": network}.items()):
    error = model.evaluate(x[new], y[new], verbose=0)[1]
    ax.plot(y[known], model.predict(x[known], verbose=0), "o", color="0.75", label="known")
    ax.plot(y[new], model.predict(x[new], verbose=0), "o", color="C1", label="new")
    ax.axline((100, 100), slope=1, color="k", linewidth=0.8)
    ax.set(title=f"{name}: off by {error:.1f} kcal", xlabel="calories", ylabel="the answer")
ax = axes[0].legend()

# %% [markdown]
# 여든 행의 5분의 1로 잰 오차는 운에 달려 있습니다. `permutation`을 달리하면 달라집니다. 모든 행을 한 번씩 시험하는 편이
# 낫습니다.
#
# ## 한 줄로
#
# `fit_table`은 열을 가려보고, 모든 행을 한 번씩 시험하고, 뉴런과 신경망 가운데 보지 못한 행에서 더 잘하는 쪽을
# 고릅니다. 굽음이 없는 뉴런은 선형 모델(linear model)이라고 부릅니다. 여기서는 같은 세 열로, 빨리 끝나도록 두 겹으로
# 합니다.

# %%
columns = {name: table[:, k].tolist() for k, name in enumerate((*inputs, "calories"))}
found = lamina.fit_table(columns, target="calories", folds=2, hidden=(8,), epochs=40, verbose=False)
for name, figures in found.figures.items():
    print(f"{name:12} off by {figures['mean absolute error']:4.1f} kcal, R² {figures['R squared']:5.2f}")

# %%
print(found.predict({"sugars": [0.0, 12.0], "fiber": [5.0, 0.0], "protein": [4.0, 1.0]}).round())

# %% [markdown]
# ## 해 보기
#
# - 당만으로 뉴런을 학습해 보십시오. 당의 가중치는 어떻게 되고, 왜 그렇습니까?
# - `found.report("cereals.html")`은 브라우저로 여는 쪽을 씁니다. 열마다 무엇이라고 합니까?
# - 잘못 적힌 행, `y[0] = 900`: `"mse"`로 학습한 뉴런은 어떻게 되고, `"mae"`로 학습한 뉴런은 어떻게 됩니까?
