"""Linear layers on top of each other are one linear layer.

Learned:  (x·W1 + b1)·W2 + b2 = x·(W1·W2) + (b1·W2 + b2): depth without activations buys nothing; one ReLU changes that.
Data:     random points.
Time:     1 second.
Expected: three stacked layers and the one made of their product differ by rounding (below 1e-5); with ReLU they do not
          agree at all.
"""

import matplotlib.pyplot as plt
import numpy as np
from _shared import parser, save_picture

import lamina
from lamina import layers


def stack(activation=None) -> lamina.Sequential:
    """Dense(4), Dense(3), Dense(1), as in `Dense(4, activation='relu', input_shape=[2])` without the activation."""
    return lamina.Sequential(
        [
            lamina.Input((2,)),
            layers.Dense(4, activation=activation),
            layers.Dense(3, activation=activation),
            layers.Dense(1),
        ]
    )


def collapse(weights: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Kernel and bias of the one layer that does what the stack does."""
    kernel, bias = np.eye(weights[0].shape[0]), np.zeros(weights[0].shape[0])
    for w, b in zip(weights[::2], weights[1::2]):
        kernel, bias = kernel @ w, bias @ w + b
    return kernel, bias


def main(argv=None) -> dict:
    options = parser(__doc__).parse_args(argv)
    lamina.utils.set_random_seed(3)
    rng = np.random.default_rng(0)
    linear, bent = stack(), stack("relu")
    weights = [rng.normal(size=w.shape).astype("float32") for w in linear.get_weights()]
    linear.set_weights(weights)
    bent.set_weights(weights)
    single = lamina.Sequential([lamina.Input((2,)), layers.Dense(1)])
    single.set_weights(list(collapse(weights)))
    print("W1 W2 W3 =", np.ravel(single.get_weights()[0]), " b =", single.get_weights()[1])

    x = rng.normal(size=(1000, 2)).astype("float32")
    answers = {n: m.predict(x, verbose=0) for n, m in (("linear", linear), ("single", single), ("bent", bent))}
    difference = float(np.abs(answers["linear"] - answers["single"]).max())
    with_relu = float(np.abs(answers["bent"] - answers["single"]).max())
    print(f"largest difference over 1000 points: {difference:.1e}; with ReLU between the layers: {with_relu:.2f}")
    print(f"parameters: {linear.count_params()} in the stack, {single.count_params()} in the single layer")

    line = np.linspace(-3, 3, 301, dtype="float32")
    along = np.stack([line, 0.5 * line], 1)
    figure, axes = plt.subplots(figsize=(7, 4.6), layout="constrained")
    axes.plot(line, linear.predict(along, verbose=0), lw=6, alpha=0.35, label="Dense(4), Dense(3), Dense(1)")
    axes.plot(line, single.predict(along, verbose=0), "k--", label="one Dense(1): the product")
    axes.plot(line, bent.predict(along, verbose=0), "C1", label="the same weights, ReLU between")
    axes.set(title="A stack of linear layers is a line", xlabel="x (inputs x, x/2)", ylabel="output")
    axes.legend()
    picture = save_picture(figure, options.out, "04_linear_stack.png")
    return {"difference": difference, "with_relu": with_relu, "picture": picture}


if __name__ == "__main__":
    main()
