"""Backpropagation by hand, step by step, for a two-layer net.

Learned:  every number on the way forward, and the chain rule on the way back: what a gradient tape does for you.
Data:     one example with two inputs.
Time:     1 second.
Expected: the gradients by hand, by lamina.GradientTape and by finite differences agree to 6 digits (float64).
"""

import matplotlib.pyplot as plt
import numpy as np
from _shared import parser, save_picture

import lamina
from lamina import ops

X = np.array([[0.5, -1.0]])
TARGET = np.array([[1.0]])
START = {
    "W1": np.array([[0.4, -0.6], [0.3, 0.8]]),
    "b1": np.array([0.3, -0.2]),
    "W2": np.array([[0.7], [-0.5]]),
    "b2": np.array([0.2]),
}


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def forward(weights: dict) -> dict:
    """Every value on the way from the inputs to the loss."""
    z1 = X @ weights["W1"] + weights["b1"]
    h = sigmoid(z1)
    y = h @ weights["W2"] + weights["b2"]
    return {"z1": z1, "h": h, "y": y, "loss": np.sum((y - TARGET) ** 2)}


def backward(weights: dict, v: dict) -> dict:
    """The chain rule from the loss back to each weight: what is known about y tells about h, that about z1, ..."""
    dy = 2 * (v["y"] - TARGET)
    dh = dy @ weights["W2"].T
    dz1 = dh * v["h"] * (1 - v["h"])
    return {
        "dy": dy,
        "W2": v["h"].T @ dy,
        "b2": dy.sum(0),
        "dh": dh,
        "dz1": dz1,
        "W1": X.T @ dz1,
        "b1": dz1.sum(0),
    }


def by_tape(weights: dict) -> dict:
    variables = {name: lamina.Variable(value, dtype="float64", name=name) for name, value in weights.items()}
    with lamina.GradientTape() as tape:
        h = ops.sigmoid(ops.matmul(X, variables["W1"]) + variables["b1"])
        y = ops.matmul(h, variables["W2"]) + variables["b2"]
        loss = ops.sum(ops.square(ops.subtract(y, TARGET)))
    return dict(zip(variables, map(np.asarray, tape.gradient(loss, list(variables.values())))))


def by_differences(weights: dict, step: float = 1e-6) -> dict:
    """(loss(w + step) - loss(w - step)) / (2·step), for one number after the other."""
    gradients = {}
    for name, value in weights.items():
        gradients[name] = np.zeros_like(value)
        for place in np.ndindex(value.shape):
            loss = []
            for sign in (1, -1):
                moved = value.copy()
                moved[place] += sign * step
                loss.append(forward({**weights, name: moved})["loss"])
            gradients[name][place] = (loss[0] - loss[1]) / (2 * step)
    return gradients


def tell(v: dict, g: dict) -> None:
    def show(left: str, rule: str, value) -> None:
        print(f"  {left:9} = {rule:28} = {np.array2string(np.asarray(value), precision=6).replace(chr(10), '')}")

    print("forward")
    show("z1", "x·W1 + b1", v["z1"])
    show("h", "sigmoid(z1)", v["h"])
    show("y", "h·W2 + b2", v["y"])
    show("loss", "(y - target)²", v["loss"])
    print("backward")
    show("dL/dy", "2·(y - target)", g["dy"])
    show("dL/dW2", "hᵀ·dL/dy", g["W2"])
    show("dL/db2", "dL/dy", g["b2"])
    show("dL/dh", "dL/dy·W2ᵀ", g["dh"])
    show("dL/dz1", "dL/dh * h * (1 - h)", g["dz1"])
    show("dL/dW1", "xᵀ·dL/dz1", g["W1"])
    show("dL/db1", "dL/dz1", g["b1"])


def draw(weights: dict, v: dict, g: dict):
    """The net: values in the nodes, weights and gradients on the edges."""
    places = {"x1": (0, 1), "x2": (0, -1), "h1": (1.5, 1), "h2": (1.5, -1), "y": (3, 0), "loss": (4.2, 0)}
    values = [*X[0], *v["h"][0], v["y"][0, 0], v["loss"]]
    figure, axes = plt.subplots(figsize=(11, 5.6), layout="constrained")
    edges = {(f"x{i + 1}", f"h{j + 1}"): ("W1", i, j) for i in range(2) for j in range(2)}
    edges |= {(f"h{i + 1}", "y"): ("W2", i, 0) for i in range(2)}
    for (start, end), (name, i, j) in edges.items():
        (xa, ya), (xb, yb) = places[start], places[end]
        axes.plot([xa, xb], [ya, yb], color="0.6", zorder=1)
        t = 0.38 if name == "W2" or i == j else 0.28
        at = (xa + t * (xb - xa), ya + t * (yb - ya))
        box = {"boxstyle": "round", "facecolor": "white", "edgecolor": "none", "pad": 0.15}
        style = {"ha": "center", "va": "center", "fontsize": 9}
        axes.annotate(f"\ndL/dw {g[name][i, j]:+.3f}", at, color="crimson", bbox=box, **style)
        axes.annotate(f"w {weights[name][i, j]:.2f}\n", at, **style)
    axes.plot([3, 4.2], [0, 0], color="0.6", zorder=1)
    back = {"h1": g["dh"][0, 0], "h2": g["dh"][0, 1], "y": g["dy"][0, 0], "loss": 1.0}
    for (name, (px, py)), value in zip(places.items(), values):
        axes.scatter(px, py, s=3200, color="#cfe3f5", edgecolor="C0", zorder=2)
        axes.annotate(f"{name}\n{value:.3f}", (px, py), ha="center", va="center", zorder=3)
        if name in back:
            axes.annotate(f"{back[name]:+.3f}", (px, py + 0.42), ha="center", color="crimson")
    axes.scatter([], [], color="C0", label="value on the way forward")
    axes.scatter([], [], color="crimson", label="gradient of the loss on the way back")
    axes.set(title="Backpropagation through a two-layer net", xlabel="layer", ylabel="unit")
    axes.set(xticks=(0, 1.5, 3, 4.2), xticklabels=("inputs", "hidden, sigmoid", "output", "loss"), yticks=())
    axes.set(xlim=(-0.5, 4.7), ylim=(-1.7, 1.9))
    axes.legend(loc="upper right")
    return figure


def main(argv=None) -> dict:
    options = parser(__doc__).parse_args(argv)
    values = forward(START)
    hand = backward(START, values)
    tell(values, hand)
    tape, differences = by_tape(START), by_differences(START)
    print("          by hand        tape           differences")
    for name in START:
        for place in np.ndindex(START[name].shape):
            label = f"{name}{list(place)}"
            print(f"{label:9} {hand[name][place]:+.10f}  {tape[name][place]:+.10f}  {differences[name][place]:+.10f}")
    worst = {
        "tape": max(float(np.abs(hand[n] - tape[n]).max()) for n in START),
        "differences": max(float(np.abs(hand[n] - differences[n]).max()) for n in START),
    }
    print(f"largest difference: to the tape {worst['tape']:.0e}, to finite differences {worst['differences']:.0e}")

    lower = {n: START[n] - 0.1 * hand[n] for n in START}
    after = forward(lower)["loss"]
    print(f"one step of size 0.1 against the gradient: loss {values['loss']:.6f} -> {after:.6f}")
    picture = save_picture(draw(START, values, hand), options.out, "06_backpropagation.png")
    return {"worst": worst, "loss": float(values["loss"]), "after": float(after), "hand": hand, "picture": picture}


if __name__ == "__main__":
    main()
