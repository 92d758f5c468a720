"""A step of a small network in float32, mixed_float16 and mixed_bfloat16: in NumPy's calls, and in machine code.

    python benchmarks/mixed_precision.py [--width 64] [--batch 64]

Needs the extra `fast`. Below stands the median of three runs of ten epochs, ms a step.
"""

import argparse
import statistics
import time

import numpy as np

import lamina
from lamina import config, layers

ROWS = 2048


def step_ms(policy: str, machine: bool, width: int, batch: int) -> float:
    config.set_dtype_policy(policy)
    config.set_machine_code(machine, at_once=machine)
    lamina.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    x, y = rng.random((ROWS, width), "float32"), rng.integers(0, 10, ROWS)
    stack = [
        layers.Dense(width, activation="relu"),
        layers.LayerNormalization(),
        layers.Dense(10, activation="softmax"),
    ]
    model = lamina.Sequential([lamina.Input((width,)), *stack])
    model.compile("adam", "sparse_categorical_crossentropy")
    fit = {"batch_size": batch, "verbose": 0, "diagnose": "off"}
    model.fit(x, y, **fit)
    runs = []
    for _ in range(3):
        began = time.perf_counter()
        model.fit(x, y, epochs=10, **fit)
        runs.append((time.perf_counter() - began) / 10 / (ROWS // batch) * 1e3)
    return statistics.median(runs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--batch", type=int, default=64)
    options = parser.parse_args()
    for policy in ("float32", "mixed_float16", "mixed_bfloat16"):
        plain, compiled = (step_ms(policy, machine, options.width, options.batch) for machine in (False, True))
        print(f"{policy:15s} NumPy's calls {plain:.3f} ms   machine code {compiled:.3f} ms   {plain / compiled:.1f} x")


if __name__ == "__main__":
    main()
