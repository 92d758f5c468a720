"""A network of dense layers in float32, int8 and int4: bytes of its weights, time of a prediction, error of the outputs.

    python quantised.py [--units 1024] [--layers 4] [--batch 64] [--seconds 2]

Times are interleaved, and the best of each is taken; LAMINA_ENGINE chooses the engine. Ratios are to float32.
"""

import argparse
import os
import time

import numpy as np

from lamina import Sequential, config, layers, ops, quantizers, utils

MODES = {
    "float32": None,
    "int8": quantizers.Int8QuantizationConfig(),
    "int8 weights": quantizers.Int8QuantizationConfig(activation_quantizer=None),
    "int4, blocks of 128": quantizers.Int4QuantizationConfig(),
    "int4": quantizers.Int4QuantizationConfig(block_size=-1),
}


def network(args, x):
    utils.set_random_seed(0)
    model = Sequential([layers.Dense(args.units, activation="relu") for _ in range(args.layers)])
    model(x)
    return model


def size(model):
    return sum(ops.convert_to_numpy(v).nbytes for v in model.variables)


def times(models, x, seconds):
    """The shortest time of a prediction of each, in s."""
    best = dict.fromkeys(models, np.inf)
    for model in models.values():
        model.predict_on_batch(x)
    end = time.perf_counter() + seconds * len(models)
    while time.perf_counter() < end:
        for name, model in models.items():
            start = time.perf_counter()
            model.predict_on_batch(x)
            best[name] = min(best[name], time.perf_counter() - start)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=1024)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=2.0)
    args = parser.parse_args()
    x = np.random.default_rng(0).normal(size=(args.batch, args.units)).astype("float32")
    models = {name: network(args, x) for name in MODES}
    for name, model in models.items():
        if MODES[name] is not None:
            model.quantize(config=MODES[name])
    taken = times(models, x, args.seconds)
    exact = np.asarray(models["float32"].predict_on_batch(x))
    print(f"engine {config.backend()}, {os.cpu_count()} cores, {args.layers} x {args.units} units, batch {args.batch}")
    print("| weights | MiB | ratio | ms | ratio | mean error |\n| --- | --- | --- | --- | --- | --- |")
    for name, model in models.items():
        off = np.abs(np.asarray(model.predict_on_batch(x)) - exact).mean() / np.abs(exact).mean()
        mib, ms = size(model) / 2**20, taken[name] * 1e3
        ratios = size(model) / size(models["float32"]), taken[name] / taken["float32"]
        print(f"| {name} | {mib:.2f} | {ratios[0]:.3f} | {ms:.2f} | {ratios[1]:.2f} | {off:.4f} |")


if __name__ == "__main__":
    main()
