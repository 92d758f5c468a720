"""How long the first step waits: tracing, differentiating and planning it, for each workload and a net of 50 layers.

python benchmarks/compile_time.py [--workloads tiny,cnn] [--rounds 3] [--json FILE]

The figure is the first `train_on_batch` of a model minus a later one. It does not depend on the size of the arrays, so the
batch is small. Building (layers, weights, joining them) is shown beside it.
"""

import argparse
import json
import pathlib
import statistics
import time

import numpy as np
import workloads

import lamina
from lamina import layers

BATCH = 8


def residual_50(keras, np, rng):
    """1 + 24 x 2 + 1 layers with weights: a convolution, 24 residual blocks of two, a dense layer; all batch normalised."""
    image = keras.Input((16, 16, 3))

    def conv(x):
        return layers.BatchNormalization()(layers.Conv2D(16, 3, padding="same", use_bias=False)(x))

    h = layers.ReLU()(conv(image))
    for _ in range(24):
        h = layers.ReLU()(layers.Add()([conv(layers.ReLU()(conv(h))), h]))
    out = layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(h))
    x, y = rng.random((BATCH, 16, 16, 3), dtype="float32"), workloads.one_hot(np, rng.integers(0, 10, BATCH), 10)
    return keras.Model(image, out), x, y, dict(loss="categorical_crossentropy", optimizer="adam")


def seconds_of(call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def measure(make) -> tuple[float, float]:
    """Seconds to build the model and seconds to compile its step."""
    rng = np.random.default_rng(0)
    start = time.perf_counter()
    model, x, y, how = make(lamina, np, rng)
    build = time.perf_counter() - start
    model.compile(optimizer=how["optimizer"], loss=how["loss"])
    x, y = ([a[:BATCH] for a in part] if isinstance(part, list) else part[:BATCH] for part in (x, y))
    first = seconds_of(lambda: model.train_on_batch(x, y))
    later = statistics.median(seconds_of(lambda: model.train_on_batch(x, y)) for _ in range(3))
    return build, first - later


def main() -> None:
    makes = {**workloads.WORKLOADS, "residual_50": residual_50}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", default=",".join(makes))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    measure(workloads.tiny)  # what is loaded at first use is loaded
    found = {}
    print(
        f"{'workload':16s} {'build, s':>10s} {'compile, s':>11s}   (best of {options.rounds}; data counts as building)"
    )
    for name in options.workloads.split(","):
        rounds = [measure(makes[name]) for _ in range(options.rounds)]
        build, compiled = (min(r[i] for r in rounds) for i in range(2))
        found[name] = {"build_s": round(build, 4), "compile_s": round(compiled, 4)}
        print(f"{name:16s} {build:10.3f} {compiled:11.3f}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
