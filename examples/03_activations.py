"""Activations compared: step, sigmoid, ReLU, softmax; and softmax at inputs of 1000.

Learned:  what each one does to a number, where it has a slope to learn from, and why softmax subtracts the largest input
          first: exp(1000) is more than any float holds.
Data:     none.
Time:     1 second.
Expected: the formula as written gives nan at inputs of 1000; `activations.softmax` gives 0.09, 0.24, 0.67.
"""

import matplotlib.pyplot as plt
import numpy as np
from _shared import parser, save_picture

import lamina
from lamina import activations

CURVES = {"step": activations.step, "sigmoid": activations.sigmoid, "relu": activations.relu}


def naive_softmax(x: np.ndarray) -> np.ndarray:
    """The formula as it is written in books."""
    e = np.exp(x)
    return e / e.sum()


def slope(activation, x: np.ndarray) -> np.ndarray:
    """The derivative at each x, from the tape."""
    x = lamina.ops.convert_to_tensor(x)
    with lamina.GradientTape() as tape:
        tape.watch(x)
        y = activation(x)
    gradient = tape.gradient(y, x)  # None for step: no way leads back through it
    return np.zeros(x.shape, "float32") if gradient is None else np.asarray(gradient)


def draw(x, curves, slopes, small, large, naive):
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(14, 4.4), layout="constrained")
    for name in curves:
        left.plot(x, curves[name], label=name)
        middle.plot(x, slopes[name], label=name)
    left.set(title="What comes out", xlabel="x", ylabel="activation(x)", ylim=(-0.3, 3))
    middle.set(title="Slope: what training has to go by", xlabel="x", ylabel="d activation / dx", ylim=(-0.1, 1.2))
    left.legend()
    middle.legend()
    places = np.arange(3)
    right.bar(places - 0.2, small, 0.4, label="inputs 0, 1, 2")
    right.bar(places + 0.2, large, 0.4, label="inputs 1000, 1001, 1002")
    for place, value in zip(places, naive):
        right.annotate(f"as written:\n{value}", (place + 0.2, large[place] + 0.02), ha="center", color="crimson")
    right.set(title="Softmax", xlabel="class", ylabel="probability", xticks=places, ylim=(0, 1))
    right.legend(loc="upper left")
    return figure


def main(argv=None) -> dict:
    options = parser(__doc__).parse_args(argv)
    x = np.linspace(-4, 4, 401, dtype="float32")
    curves = {name: np.asarray(f(x)) for name, f in CURVES.items()}
    slopes = {name: slope(f, x) for name, f in CURVES.items()}
    print("     x    step  sigmoid   relu   slopes")
    for k in (0, 150, 201, 250, 400):
        values = "  ".join(f"{curves[n][k]:6.3f}" for n in CURVES)
        print(f"{x[k]:6.2f}  {values}   " + "  ".join(f"{slopes[n][k]:5.3f}" for n in CURVES))

    logits = np.array([0, 1, 2], "float32")
    with np.errstate(over="ignore", invalid="ignore"):
        naive = naive_softmax(logits + 1000)
    small = np.asarray(activations.softmax(logits[None]))[0]
    large = np.asarray(activations.softmax(logits[None] + 1000))[0]
    print(f"softmax of 0, 1, 2:          {small}")
    print(f"of 1000, 1001, 1002, naive:  {naive}")
    print(f"of 1000, 1001, 1002, lamina: {large}")
    picture = save_picture(draw(x, curves, slopes, small, large, naive), options.out, "03_activations.png")
    return {
        "x": x,
        "curves": curves,
        "slopes": slopes,
        "naive": naive,
        "small": small,
        "large": large,
        "picture": picture,
    }


if __name__ == "__main__":
    main()
