# %% [markdown]
# <!-- translation of 07-lstm.py, sha256 a116071f4e838ec1 -->
# # LSTM: 가락 이어 가기
#
# [English](07-lstm.py)
#
# 순환 신경망이 물결을 한 단계씩 읽고 다음에 무엇이 올지 말합니다. 그다음에는 혼자 둡니다. 자기 답이 다음 입력이 되어,
# 스스로 이어 갑니다. LSTM의 문이 무슨 일을 하는지는 [길의 11장](../docs/path/11-recurrence.ko.md)에 있습니다.

# %%
import matplotlib.pyplot as plt
import numpy as np

import lamina
from lamina import layers

rng = np.random.default_rng(0)
t = np.arange(1400)
wave = (np.sin(2 * np.pi * t / 25) * (1 + 0.5 * np.sin(2 * np.pi * t / 100)) / 1.5).astype("float32")
noisy = wave + rng.normal(0, 0.03, len(t)).astype("float32")

figure, ax = plt.subplots(figsize=(11, 2.2), layout="constrained")
ax.plot(noisy[:400])
ax = ax.set(xlabel="step")

# %% [markdown]
# ## 창
#
# 행마다 쉰 단계짜리 창이고, 목푯값은 그다음 단계입니다: `(windows, steps, features)`. 처음 천 단계로 배웁니다.

# %%
LENGTH = 50
windows = np.lib.stride_tricks.sliding_window_view(noisy, LENGTH + 1)
x, y = windows[:, :-1, None], windows[:, -1:]
known = 1000 - LENGTH
x.shape, y.shape

# %%
lamina.utils.set_random_seed(0)
model = lamina.Sequential([
    lamina.Input((None, 1)),
    layers.LSTM(32, name="memory"),
    layers.Dense(1, name="next"),
])  # fmt: skip
model.compile(lamina.optimizers.Adam(0.01), "mse", metrics=["mae"])
model

# %%
history = model.fit(x[:known], y[:known], batch_size=32, epochs=15, validation_data=(x[1000:], y[1000:]), verbose=0)
history

# %% [markdown]
# ## 한 단계 앞, 그리고 혼자서
#
# 한 단계 앞은 쉽습니다. "방금과 같다"고 해도 크게 틀리지 않습니다. 혼자서 하려면 깨친 것이 있어야 합니다. 쉰 단계
# 뒤에는 제 소리밖에 듣지 못하기 때문입니다.


# %%
def alone(start, steps):
    """What the model says after `start`, fed with its own answers."""
    heard = list(start)
    for _ in range(steps):
        heard.append(float(model(np.array(heard[-LENGTH:], "float32")[None, :, None])[0, 0]))
    return np.array(heard[len(start) :])


ahead = model.predict(x[1000:1200], verbose=0)[:, 0]
song = alone(noisy[1000 : 1000 + LENGTH], 200)
truth = wave[1000 + LENGTH : 1000 + LENGTH + 200]
figure, axes = plt.subplots(2, 1, figsize=(11, 4.2), layout="constrained", sharex=True)
for ax, name, answer in zip(axes, ("one step ahead", "alone"), (ahead, song)):
    ax.plot(truth, color="0.7", linewidth=4, label="the wave")
    ax.plot(answer, color="C1", label=name)
    ax.set(title=f"{name}: off by {np.abs(answer - truth).mean():.3f}")
axes[1].set(xlabel="steps after the first fifty")
ax = axes[0].legend(fontsize=8, loc="upper right")

# %% [markdown]
# ## 무엇을 기억합니까?
#
# 같은 층에 `return_sequences=True`를 주면 단계마다 수 서른두 개를 보여 줍니다. 어떤 것은 빠른 물결과 함께 흔들리고,
# 어떤 것은 물결이 얼마나 센지를 따라갑니다.

# %%
watcher = lamina.Sequential([lamina.Input((None, 1)), layers.LSTM(32, return_sequences=True)])
watcher.set_weights(model.get_layer("memory").get_weights())
states = watcher.predict(noisy[None, 1000:1200, None], verbose=0)[0]
order = np.argsort(np.abs(np.corrcoef(states.T, noisy[1000:1200])[-1, :-1]))
figure, (above, below) = plt.subplots(2, 1, figsize=(11, 4), layout="constrained", sharex=True, height_ratios=(1, 3))
above.plot(noisy[1000:1200])
below.imshow(states[:, order].T, cmap="RdBu", vmin=-0.5, vmax=0.5, aspect="auto")
ax = below.set(ylabel="unit", xlabel="step")

# %% [markdown]
# ## 해 보기
#
# - 서른두 개 대신 여섯 개, 또는 `SimpleRNN(32)`, 또는 `GRU(32)`: 어느 것이 200단계를 혼자 이어 갑니까?
# - 1000단계를 노래하게 해 보십시오. 세기가 100단계의 박자를 지킵니까, 아니면 노래가 흘러가 버립니까?
# - 잡음을 0.3으로: 답이 들은 것보다 매끄러워집니다. 그것이 옳은 까닭은 무엇입니까?
# - 철이 있는 나만의 시계열: `examples/12_lstm.py --data FILE.csv --column NAME --season N`은 예측을 정직하게 잽니다.
