"""How the cost of a training step grows with batch, width, depth and sequence length, with pictures.

python benchmarks/scaling.py [--only batch,width] [--rounds 3] [--out benchmarks/scaling]

Writes scaling.json, scaling.png and scaling.svg. Dashed: the step's arithmetic at the measured speed of a large product; a
step that follows it at a distance is limited by arithmetic, one that is flat by the overhead of its calls.
"""

import argparse
import json
import pathlib
import statistics
import time

import numpy as np

import lamina
from lamina import layers

STEPS = 8  # in an epoch


def perceptron(features: int = 256, units: int = 256, depth: int = 3) -> lamina.Sequential:
    hidden = [layers.Dense(units, activation="relu") for _ in range(depth)]
    return lamina.Sequential([lamina.Input((features,)), *hidden, layers.Dense(10, activation="softmax")])


def convnet() -> lamina.Sequential:
    return lamina.Sequential(
        [
            lamina.Input((16, 16, 8)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10, activation="softmax"),
        ]
    )


def recurrent(steps: int, layer: str) -> lamina.Sequential:
    return lamina.Sequential(
        [lamina.Input((steps, 32)), getattr(layers, layer)(32), layers.Dense(10, activation="softmax")]
    )


def attention(steps: int) -> lamina.Model:
    x = lamina.Input((steps, 32))
    seen = layers.GlobalAveragePooling1D()(layers.Add()([x, layers.MultiHeadAttention(4, 8)(x, x)]))
    return lamina.Model(x, layers.Dense(10, activation="softmax")(seen))


# What grows -> (its values, series -> (model of the value, batch of the value))
SWEEPS = {
    "batch": ((8, 32, 128, 512, 2048), {
        "3 x 256 units": lambda n: (perceptron(), n),
        "convnet": lambda n: (convnet(), n),
    }),
    "width": ((32, 64, 128, 256, 512, 1024), {"3 layers, batch 128": lambda n: (perceptron(units=n), 128)}),
    "depth": ((1, 2, 4, 8, 16, 32, 64), {
        "64 units, batch 32": lambda n: (perceptron(units=64, depth=n), 32),
        "256 units, batch 128": lambda n: (perceptron(depth=n), 128),
    }),
    "sequence length": ((16, 32, 64, 128, 256, 512), {
        "LSTM 32, batch 32": lambda n: (recurrent(n, "LSTM"), 32),
        "GRU 32, batch 32": lambda n: (recurrent(n, "GRU"), 32),
        "attention, 4 heads, batch 32": lambda n: (attention(n), 32),
    }),
}  # fmt: skip


def measure(model, batch: int, rounds: int) -> tuple[float, float]:
    """Milliseconds of a step in `fit`, and at least so many for its arithmetic."""
    rng = np.random.default_rng(0)
    x = rng.random((STEPS * batch, *model.input_shape[1:]), dtype="float32")
    y = rng.integers(0, 10, STEPS * batch)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    found = lamina.profile(model, x, y, batch_size=batch, print_fn=lambda text: None)
    repeat = max(1, min(50, int(0.2 / (STEPS * found.seconds))))
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        model.fit(x, y, batch_size=batch, epochs=repeat, verbose=0)
        times.append((time.perf_counter() - start) / (repeat * STEPS))
    return statistics.median(times) * 1e3, found.flops / found.machine_peaks[0] * 1e3


def draw(table: dict, out: pathlib.Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, len(table), figsize=(4.4 * len(table), 4.2), layout="constrained", squeeze=False)
    for axes, (what, series) in zip(panels[0], table.items()):
        for k, (name, points) in enumerate(series.items()):
            values = [p["value"] for p in points]
            axes.plot(values, [p["step_ms"] for p in points], f"C{k}o-", label=name)
            axes.plot(values, [p["arithmetic_ms"] for p in points], f"C{k}--", lw=1)
        axes.set(xscale="log", yscale="log", xlabel=what, ylabel="ms a step", title=f"Cost against {what}")
        axes.set_xticks(values, [str(v) for v in values])
        axes.minorticks_off()
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8, title="dashed: arithmetic at peak", title_fontsize=8)
    for ending in ("png", "svg"):
        figure.savefig(out / f"scaling.{ending}", dpi=100)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(SWEEPS), help="what grows, of " + ", ".join(SWEEPS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=int, help="leave out larger values")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent / "scaling")
    options = parser.parse_args()
    table: dict = {}
    for what in options.only.split(","):
        values, series = SWEEPS[what]
        for name, make in series.items():
            points = table.setdefault(what, {}).setdefault(name, [])
            for value in values:
                if options.most is not None and value > options.most:
                    continue
                step, arithmetic = measure(*make(value), options.rounds)
                points.append({"value": value, "step_ms": round(step, 4), "arithmetic_ms": round(arithmetic, 4)})
                print(f"{what} {value:5d}  {name:30s} {step:9.3f} ms, arithmetic {arithmetic:9.3f} ms", flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "scaling.json").write_text(json.dumps(table, indent=1))
    draw(table, options.out)


if __name__ == "__main__":
    main()
