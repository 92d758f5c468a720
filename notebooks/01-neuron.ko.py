# %% [markdown]
# <!-- translation of 01-neuron.py, sha256 c3dfce3dc70fcd79 -->
# # 뉴런 하나가 배우기
#
# [English](01-neuron.py)
#
# 뉴런은 곱하고 더해서 답합니다. 여기서는 뉴런 하나가 섭씨온도를 화씨온도로 바꾸는 법을 스스로 알아냅니다. 눈금을 대충
# 읽은 온도계 아홉 개만 보고 말입니다. 찾을 수가 둘뿐이어서, 찾아가는 길 전체가 그림 한 장에 들어갑니다.
#
# 뉴런이 *무엇인지*는 [길의 1장](../docs/path/01-neuron.ko.md)이 알려 줍니다.

# %%
import matplotlib.pyplot as plt
import numpy as np

import lamina
from lamina import layers

lamina.utils.set_random_seed(0)
celsius = np.array([-30, -20, -10, 0, 10, 15, 25, 32, 40], "float32")
fahrenheit = 1.8 * celsius + 32 + np.random.default_rng(0).normal(0, 3, 9).astype("float32")
x = celsius[:, None] / 10  # tens of degrees: numbers near 1 are easier to learn from
y = fahrenheit[:, None] / 10

# %% [markdown]
# ## 가중치 하나, 편향 하나
#
# `Dense(1)`이 뉴런입니다. 셀의 마지막 줄에 모델을 적으면 층과 그 모양, 매개변수가 보입니다.

# %%
model = lamina.Sequential([lamina.Input((1,), name="celsius"), layers.Dense(1, name="fahrenheit")])
model.set_weights([np.array([[-1.0]]), np.array([0.0])])  # a bad guess, to see it mend
model

# %% [markdown]
# 20 °C에서 뉴런은 6.8(화씨 열 도 단위)이라고 말해야 합니다. 아직은 그러지 못합니다. 아래는 그 계산과 손실이고, 거꾸로
# 가며 두 수에 대한 손실의 기울기입니다.

# %%
model.compile(optimizer=lamina.optimizers.SGD(0.05), loss="mse")
model.explain([2.0], [6.8])

# %% [markdown]
# ## 한 걸음씩 학습하기
#
# 콜백이 에포크마다 두 수를 적어 둡니다. `fit`이 돌려주는 것은 스스로를 곡선으로 보여 줍니다.

# %%
numbers = [model.get_weights()]
note = lamina.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: numbers.append(model.get_weights()))
history = model.fit(x, y, batch_size=9, epochs=60, callbacks=[note], verbose=0)
history

# %% [markdown]
# 왼쪽은 뉴런이 길을 가며 그은 선들입니다. 오른쪽은 같은 길을 모든 뉴런의 지도 위에 그린 것입니다. 점 하나가 가중치와
# 편향 한 쌍이고, 색은 손실입니다. 경사 하강법은 높이가 같은 선들을 곧게 가로질러 내려갑니다.

# %%
w = np.array([float(kernel[0, 0]) for kernel, _ in numbers])
b = np.array([float(bias[0]) for _, bias in numbers])

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
left.plot(x, y, "ko", label="thermometers")
for k, epoch in enumerate((0, 1, 2, 5, 10, 60)):
    left.plot(x, w[epoch] * x + b[epoch], color=plt.cm.viridis(1 - k / 5), label=f"after {epoch} epochs")
left.set(xlabel="10 °C", ylabel="10 °F")
left.legend(fontsize=8)

weights, biases = np.meshgrid(np.linspace(-1.5, 4.5, 120), np.linspace(-1, 5, 120))
losses = ((weights[..., None] * x[:, 0] + biases[..., None] - y[:, 0]) ** 2).mean(-1)
right.contourf(weights, biases, np.log10(losses), levels=20, cmap="magma")
right.plot(w, b, "o-", color="white", markersize=3, linewidth=1)
right.plot(1.8, 3.2, "*", color="cyan", markersize=14, label="the rule: 1.8 and 3.2")
right.set(xlabel="weight", ylabel="bias")
ax = right.legend()

# %%
print(f"found:    F = {w[-1]:.2f} · C + {10 * b[-1]:.1f}")
print("the rule: F = 1.80 · C + 32.0")

# %% [markdown]
# ## 해 보기
#
# - 학습률: `SGD(0.15)`는 골짜기를 이쪽저쪽으로 건너뛰고, `SGD(0.25)`는 골짜기를 벗어납니다. 경계는 어디입니까?
# - `lamina.optimizers.Adam(0.3)`은 다른 길로 갑니다. 왜 선들을 곧게 가로지르지 않습니까?
# - `celsius`를 열로 나누지 말고 그대로 주십시오. 이제 학습률은 얼마나 작아야 합니까? 지도를 다시 그려 보십시오.
#   골짜기는 어떻게 되었습니까?
