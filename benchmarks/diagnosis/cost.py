"""What the diagnosis costs while training: `fit` with it and without, on the shared workloads.

    python benchmarks/diagnosis/cost.py [--rounds 7] [--only tiny,mlp32] [--learnable] [--cpu]

In each round both sides train a fresh network, in turns that change from round to round: `compile` and a first `fit`
of one epoch (all rules, and one pass forward and backward), then the epochs of the workload again (only the watcher).
The labels of the workloads are random, so that these networks are stuck and the watcher looks at them once; with
`--learnable` they follow from the inputs, as those of a sound network do. Told are the median of the rounds' ratios
with / without and the quartiles, in percent more than without. Measure on a quiet machine; on one that others use too,
`--cpu` counts what this process's main thread computes instead of the time that passes.
"""

import argparse
import pathlib
import sys
import time
import warnings

import numpy as np

import lamina

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from workloads import WORKLOADS


def followed(x, y, rng):
    """Targets like `y` that follow from `x`: a random linear rule of it, or the class for which this is largest."""
    flat = x.reshape(len(x), -1)
    flat = (flat - flat.mean(axis=0)) / np.maximum(flat.std(axis=0), 1e-6)
    answers = flat @ rng.normal(size=(flat.shape[1], y.shape[1])).astype(flat.dtype) / flat.shape[1] ** 0.5
    return answers if y.shape[1] == 1 else np.eye(y.shape[1], dtype=y.dtype)[answers.argmax(axis=1)]


def trained(name, mode, clock=time.perf_counter, is_learnable=False):
    """Seconds of `compile` with the first epoch, and of the later epochs."""
    lamina.config.set_diagnosis(mode)
    lamina.utils.set_random_seed(0)
    model, x, y, how = WORKLOADS[name](lamina, np, np.random.default_rng(0))
    if is_learnable:
        y = followed(x, y, np.random.default_rng(1))
    metrics = ["accuracy"] if isinstance(how["loss"], str) and "crossentropy" in how["loss"] else None
    fit = dict(batch_size=how["batch_size"], verbose=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = clock()
        model.compile(optimizer=how["optimizer"], loss=how["loss"], metrics=metrics)
        model.fit(x, y, epochs=1, **fit)
        first = clock() - start
        start = clock()
        model.fit(x, y, epochs=how["epochs"], **fit)
    return first, clock() - start


def shown(ratios):
    low, middle, high = 100 * (np.percentile(ratios, (25, 50, 75)) - 1)
    return f"{middle:+.1f} % ({low:+.1f} to {high:+.1f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default=",".join(WORKLOADS), help="names of workloads, with commas")
    parser.add_argument("--learnable", action="store_true", help="labels that follow from the inputs")
    parser.add_argument("--cpu", action="store_true", help="processor time of the main thread")
    arguments = parser.parse_args()
    clock = time.thread_time if arguments.cpu else time.perf_counter
    print("| workload | first epoch | later epochs |\n| --- | --- | --- |")
    for name in arguments.only.split(","):
        trained(name, "off")  # what is loaded once
        trained(name, "warn")
        ratios = []
        for round_ in range(arguments.rounds):
            modes = ("off", "warn") if round_ % 2 else ("warn", "off")
            seconds = {mode: trained(name, mode, clock, arguments.learnable) for mode in modes}
            ratios.append([w / o for w, o in zip(seconds["warn"], seconds["off"])])
        print(f"| {name} | {shown([r[0] for r in ratios])} | {shown([r[1] for r in ratios])} |", flush=True)


if __name__ == "__main__":
    main()
