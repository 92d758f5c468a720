"""Regression: a shallow net against a line, on a noisy sine.

Learned:  a line can only lean; one hidden layer bends; the error left is the noise, which no model can learn.
Data:     y = sin(x) + noise of 0.1, 400 points, made here.
Time:     4 seconds.
Expected: mean squared error on new points: the line about 0.2, the net below 0.02 (the noise alone: 0.01).
"""

import matplotlib.pyplot as plt
import numpy as np
from _shared import parser, save_picture

import lamina
from lamina import layers, optimizers

NOISE = 0.1


def noisy_sine(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.uniform(-np.pi, np.pi, (rows, 1))
    return x.astype("float32"), (np.sin(x) + rng.normal(0, NOISE, (rows, 1))).astype("float32")


def line() -> lamina.Sequential:
    return lamina.Sequential([lamina.Input((1,)), layers.Dense(1)], name="line")


def shallow_net() -> lamina.Sequential:
    return lamina.Sequential(
        [lamina.Input((1,)), layers.Dense(32, activation="tanh"), layers.Dense(1)], name="shallow_net"
    )


def main(argv=None) -> dict:
    options = parser(__doc__).parse_args(argv)
    x, y = noisy_sine(400, seed=0)
    x_test, y_test = noisy_sine(400, seed=1)
    grid = np.linspace(-np.pi, np.pi, 200, dtype="float32")[:, None]
    epochs = 100 if options.quick else 300
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
    left.scatter(x, y, s=8, color="0.6", label="training points")
    left.plot(grid, np.sin(grid), "k:", label="sin(x)")
    result = {}
    for build, style in ((line, "C0--"), (shallow_net, "C1")):
        lamina.utils.set_random_seed(0)
        model = build()
        model.compile(optimizer=optimizers.Adam(0.01), loss="mse")
        history = model.fit(x, y, batch_size=32, epochs=epochs, verbose=0).history["loss"]
        error = result[model.name] = float(model.evaluate(x_test, y_test, verbose=0))
        print(f"{model.name:12} {model.count_params():3} weights: mean squared error on new points {error:.4f}")
        left.plot(grid, model.predict(grid, verbose=0), style, lw=2, label=f"{model.name}: {error:.3f}")
        right.plot(history, style, label=model.name)
    print(f"the noise alone: {NOISE**2:.4f}")
    right.axhline(NOISE**2, color="k", ls=":", label="noise")
    left.set(title="What they learned (error on new points)", xlabel="x", ylabel="y")
    right.set(title="Training", xlabel="epoch", ylabel="mean squared error", yscale="log")
    left.legend(fontsize=8)
    right.legend()
    result["picture"] = save_picture(figure, options.out, "08_regression.png")
    return result


if __name__ == "__main__":
    main()
