"""One neuron: a weight for each input, a bias, and a sum.

Learned:  what w and b mean; that a Dense(1) layer is one neuron; how training finds w and b from a table.
Data:     --data PATH, a CSV of breakfast cereals with the columns calories, sugars, fiber, protein (-1: missing).
          Without it: 80 made-up cereals, calories = 90 + 2.5 sugars - 3 fiber + 5 protein + noise of 8.
Time:     3 seconds.
Expected: 5 g of sugars give 102.5 kcal. On the made-up cereals R² is about 0.74 (guessing the mean: 0). On the 76 complete
          rows of the real table it is about 0.4, and so is that of exact least squares: these inputs tell no more in a line,
          and a fifth of so few rows is a small test.
"""

import csv
import pathlib

import matplotlib.pyplot as plt
import numpy as np
from _shared import parser, save_picture

import lamina
from lamina import layers

INPUTS = ("sugars", "fiber", "protein")
WEIGHT, BIAS = 2.5, 90.0


def neuron_by_hand(sugars: float) -> float:
    return WEIGHT * sugars + BIAS


def neuron_as_layer() -> lamina.Sequential:
    model = lamina.Sequential([lamina.Input((1,)), layers.Dense(1)])
    model.set_weights([np.array([[WEIGHT]]), np.array([BIAS])])
    return model


def made_up_cereals(rows: int = 80, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Inputs `(rows, 3)` and calories `(rows,)` after the rule in the docstring."""
    rng = np.random.default_rng(seed)
    sugars, fiber, protein = rng.uniform(0, 15, rows), rng.uniform(0, 8, rows), rng.uniform(1, 6, rows)
    calories = 90 + 2.5 * sugars - 3 * fiber + 5 * protein + rng.normal(0, 8, rows)
    return np.stack([sugars, fiber, protein], 1).astype("float32"), calories.astype("float32")


def read_cereals(path: pathlib.Path) -> tuple[np.ndarray, np.ndarray]:
    """The same from a CSV file; rows where one of the columns is missing (-1) are left out."""
    with open(path, newline="") as file:
        rows = [[float(row[name]) for name in (*INPUTS, "calories")] for row in csv.DictReader(file)]
    table = np.array([row for row in rows if min(row) >= 0], "float32")
    return table[:, :-1], table[:, -1]


def train_neuron(x: np.ndarray, y: np.ndarray, epochs: int) -> lamina.Sequential:
    normalize = layers.Normalization()
    normalize.adapt(x)
    model = lamina.Sequential([lamina.Input((x.shape[1],)), normalize, layers.Dense(1)])
    model.compile(optimizer=lamina.optimizers.SGD(0.02), loss="mse", metrics=["mae"])
    model.fit(x, y, batch_size=16, epochs=epochs, verbose=0)
    return model


def weights_in_table_units(model: lamina.Sequential) -> tuple[np.ndarray, float]:
    """w and b for the inputs as they stand in the table, before normalization."""
    mean, variance, _, kernel, bias = model.get_weights()
    w = kernel[:, 0] / np.sqrt(variance)
    return w, float(bias[0] - w @ mean)


def split(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    order = np.random.default_rng(seed).permutation(rows)
    return order[: int(0.8 * rows)], order[int(0.8 * rows) :]


def r2(y: np.ndarray, guess: np.ndarray, mean: float | np.ndarray) -> float:
    """1 - squared error / squared error of always guessing `mean`."""
    return float(1 - np.sum((y - guess) ** 2) / np.sum((y - mean) ** 2))


def score(x: np.ndarray, y: np.ndarray, seed: int, epochs: int) -> dict:
    """Fit on 80 %, tested on the other 20 %."""
    lamina.utils.set_random_seed(seed)
    train, test = split(len(x), seed)
    model = train_neuron(x[train], y[train], epochs)
    guess = model.predict(x[test], verbose=0)[:, 0]
    mean = float(y[train].mean())
    return {
        "model": model,
        "test": test,
        "guess": guess,
        "mean": mean,
        "r2": r2(y[test], guess, mean),
        "mae": float(np.abs(y[test] - guess).mean()),
        "mae_of_mean": float(np.abs(y[test] - mean).mean()),
    }


def draw(x: np.ndarray, y: np.ndarray, one: tuple, last: dict):
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
    grid = np.linspace(0, 16, 50)
    left.scatter(x[:, 0], y, s=18, alpha=0.6, label="cereals")
    left.plot(grid, neuron_by_hand(grid), "k--", label=f"by hand: {WEIGHT:g}·sugars + {BIAS:g}")
    left.plot(grid, one[0] * grid + one[1], "C1", label=f"trained: {one[0]:.2f}·sugars + {one[1]:.1f}")
    left.plot(5, neuron_by_hand(5), "ko")
    left.annotate("5 g: 102.5 kcal", (5, 102.5), (6, 76), arrowprops={"arrowstyle": "->"})
    left.set(title="One neuron, one input", xlabel="sugars, g", ylabel="calories, kcal")
    left.legend(loc="upper left", fontsize=8)
    truth = y[last["test"]]
    right.scatter(truth, last["guess"], s=24, color="C1", label="cereals not trained on")
    ends = [min(truth.min(), last["guess"].min()) - 5, max(truth.max(), last["guess"].max()) + 5]
    right.plot(ends, ends, "k--", lw=1, label="a perfect guess")
    right.set(
        title=f"Three inputs, {len(truth)} new cereals: R² {last['r2']:.2f}",
        xlabel="calories, kcal",
        ylabel="the neuron's answer, kcal",
    )
    right.legend(loc="upper left", fontsize=8)
    return figure


def main(argv=None) -> dict:
    arguments = parser(__doc__)
    arguments.add_argument("--data", type=pathlib.Path, help="CSV of cereals")
    options = arguments.parse_args(argv)

    by_hand = neuron_by_hand(5.0)
    by_layer = float(neuron_as_layer().predict(np.array([[5.0]], "float32"), verbose=0)[0, 0])
    print(f"5 g of sugars: by hand {by_hand} kcal, Dense(1) {by_layer} kcal")

    x, y = read_cereals(options.data) if options.data else made_up_cereals()
    epochs, seeds = (60, 2) if options.quick else (200, 10)
    lamina.utils.set_random_seed(0)
    (w,), b = weights_in_table_units(train_neuron(x[:, :1], y, epochs))
    print(f"trained on {len(x)} cereals, sugars only: calories = {w:.2f}·sugars + {b:.1f}")

    scores = [score(x, y, seed, epochs) for seed in range(seeds)]
    weights, bias = weights_in_table_units(scores[-1]["model"])
    terms = " + ".join(f"{v:.2f}·{name}" for v, name in zip(weights, INPUTS))
    print(f"trained on 80 %, all inputs: calories = {terms} + {bias:.1f}")
    result = {k: float(np.mean([s[k] for s in scores])) for k in ("mae", "mae_of_mean")}
    # A fifth of so small a table may hold hardly any spread, and R² divides by it: so all tests are pooled.
    truth, guess = (np.concatenate(parts) for parts in zip(*((y[s["test"]], s["guess"]) for s in scores)))
    means = np.repeat([s["mean"] for s in scores], len(truth) // seeds)
    result["r2"] = r2(truth, guess, means)
    each = np.array([s["r2"] for s in scores])
    print(
        f"tested on the other 20 %, {seeds} seeds: R² {result['r2']:.3f} pooled "
        f"(one by one {each.min():.2f} to {each.max():.2f}, median {np.median(each):.2f}); "
        f"mean absolute error {result['mae']:.1f} kcal (guessing the mean: {result['mae_of_mean']:.1f})"
    )
    picture = save_picture(draw(x, y, (w, b), scores[-1]), options.out, "01_neuron.png")
    return {"by_hand": by_hand, "by_layer": by_layer, "w": float(w), "b": b, "picture": picture, **result}


if __name__ == "__main__":
    main()
