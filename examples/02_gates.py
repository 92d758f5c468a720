"""Gates: one threshold unit draws one line; XOR needs two.

Learned:  Rosenblatt's rule finds AND, NAND and OR in a few rounds; on XOR it runs in a circle, for no line parts the
          points; two layers do it, with weights set by hand (XOR = AND(NAND, OR)) and with weights found by training.
Data:     the four rows of each truth table.
Time:     2 seconds.
Expected: all four rows right for every gate except XOR by one line, which gets at most three.
"""

import matplotlib.pyplot as plt
import numpy as np
from _shared import parser, save_picture

import lamina
from lamina import layers

POINTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
GATES = {"AND": (0, 0, 0, 1), "NAND": (1, 1, 1, 0), "OR": (0, 1, 1, 1), "XOR": (0, 1, 1, 0)}


def perceptron(targets, rounds: int = 100) -> dict:
    """Rosenblatt's rule: for each row answered wrongly, w += (target - answer)·x, b += target - answer.

    A point on the line counts as 0. Stops after a round without mistakes, or when weights come back that were there
    before: then it goes on in a circle.
    """
    w, b = np.zeros(2), 0.0
    rounds_seen = [(*w, b)]
    for n in range(1, rounds + 1):
        mistakes = 0
        for x, target in zip(POINTS, targets):
            error = target - float(w @ x + b > 0)
            w, b = w + error * x, b + error
            mistakes += error != 0
        came_back = (*w, b) in rounds_seen
        cycle = n - rounds_seen.index((*w, b)) if mistakes and came_back else None
        rounds_seen.append((*w, b))
        if not mistakes or came_back:
            break
    return {"w": w, "b": b, "rounds": n, "learned": not mistakes, "cycle": cycle, "history": rounds_seen}


def one_line(w, b) -> lamina.Sequential:
    """The perceptron as a layer."""
    model = lamina.Sequential([lamina.Input((2,)), layers.Dense(1, activation="step")])
    model.set_weights([np.reshape(w, (2, 1)), np.reshape(b, 1)])
    return model


def two_layers_by_hand() -> lamina.Sequential:
    """NAND and OR of the inputs, then AND of both."""
    model = lamina.Sequential(
        [
            lamina.Input((2,)),
            layers.Dense(2, activation="step", name="nand_or"),
            layers.Dense(1, activation="step", name="and"),
        ]
    )
    model.set_weights(
        [
            np.array([[-1.0, 1.0], [-1.0, 1.0]]),
            np.array([1.5, -0.5]),
            np.array([[1.0], [1.0]]),
            np.array([-1.5]),
        ]
    )
    return model


def two_layers_trained(epochs: int) -> lamina.Sequential:
    lamina.utils.set_random_seed(1)
    model = lamina.Sequential(
        [lamina.Input((2,)), layers.Dense(4, activation="tanh"), layers.Dense(1, activation="sigmoid")]
    )
    model.compile(optimizer=lamina.optimizers.Adam(0.1), loss="binary_crossentropy")
    model.fit(POINTS, np.array(GATES["XOR"], "float32")[:, None], batch_size=4, epochs=epochs, verbose=0)
    return model


def answers(model) -> tuple:
    return tuple(int(a > 0.5) for a in model.predict(POINTS, verbose=0)[:, 0])


def draw(axes, model, targets, title: str) -> None:
    """Where the model says 1, and the four points with what they should be."""
    side = np.linspace(-0.5, 1.5, 201, dtype="float32")
    grid = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    z = model.predict(grid, batch_size=len(grid), verbose=0).reshape(201, 201)
    axes.contourf(side, side, z, levels=[-0.01, 0.5, 1.01], colors=["#cfe3f5", "#fde0c5"])
    for value, colour, marker in ((0, "C0", "o"), (1, "C1", "s")):
        here = POINTS[np.array(targets) == value]
        axes.scatter(*here.T, s=90, color=colour, marker=marker, edgecolor="k", label=f"should be {value}")
    wrong = POINTS[np.array(answers(model)) != np.array(targets)]
    if len(wrong):
        axes.scatter(*wrong.T, s=330, marker="x", color="crimson", linewidth=2, label="wrong")
    axes.set(title=title, xlabel="input 1", ylabel="input 2", xticks=(0, 1), yticks=(0, 1), aspect="equal")


def main(argv=None) -> dict:
    options = parser(__doc__).parse_args(argv)
    result = {}
    figure, panels = plt.subplots(2, 3, figsize=(11, 7.6), layout="constrained")
    for axes, (gate, targets) in zip(panels.flat, GATES.items()):
        found = perceptron(targets)
        model = one_line(found["w"], found["b"])
        got = answers(model)
        what = f"learned in {found['rounds']} rounds" if found["learned"] else "not learned, and never will be:"
        print(f"{gate:5} w {found['w']}, b {found['b']:g}: {got}, should be {targets}; {what}")
        if not found["learned"]:
            print("      w1, w2, b after each round:", "; ".join("{:g} {:g} {:g}".format(*r) for r in found["history"]))
            print(f"      the last were there {found['cycle']} round(s) before: from here it goes in a circle")
        draw(axes, model, targets, f"{gate}, one line" + ("" if found["learned"] else ": impossible"))
        result[gate] = {**found, "answers": got}

    networks = {"by hand": two_layers_by_hand(), "trained": two_layers_trained(100 if options.quick else 300)}
    for axes, (name, model) in zip(panels.flat[4:], networks.items()):
        result[f"XOR {name}"] = {"answers": answers(model)}
        print(f"XOR by two layers, {name}: {answers(model)}, should be {GATES['XOR']}")
        draw(axes, model, GATES["XOR"], f"XOR, two layers {name}")
    handles, labels = panels.flat[3].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3)
    result["picture"] = save_picture(figure, options.out, "02_gates.png")
    return result


if __name__ == "__main__":
    main()
