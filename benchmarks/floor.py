"""How far each workload's step is from what the machine can do at best.

python benchmarks/floor.py [--workloads cnn,lstm] [--json FILE]

The floor of a step is its arithmetic at the measured speed of a large product, plus the bytes that it cannot help reading and
writing - the batch once, every weight and optimizer slot once in and once out - at the measured speed of a large copy. Values
between layers count as free: they can stay in the caches. No step reaches it; the fraction says how much is left to gain.
A step is timed as workloads.py does it: the median of three runs of `fit`, after one that has brought it to what it runs on
from then on (machine code, where llvmlite is installed).
"""

import argparse
import json
import pathlib
import statistics
import time

import numpy as np
import workloads

import lamina
from lamina import tree

_WARM_UP = 200  # steps; by then machine code has taken over


def measure(name: str) -> dict:
    model, x, y, how = workloads.WORKLOADS[name](lamina, np, np.random.default_rng(0))
    model.compile(optimizer=how["optimizer"], loss=how["loss"])
    size = how["batch_size"]
    steps = -(-len(tree.flatten(x)[0]) // size)
    found = lamina.profile(model, x, y, batch_size=size, print_fn=lambda text: None)
    fit = {"batch_size": size, "verbose": 0}
    model.fit(x, y, epochs=max(how["epochs"], _WARM_UP // steps), **fit)
    runs = []
    for _ in range(3):
        began = time.perf_counter()
        model.fit(x, y, epochs=how["epochs"], **fit)
        runs.append((time.perf_counter() - began) / how["epochs"] / steps)
    seconds = statistics.median(runs)
    flops, copied = found.machine_peaks
    batch = sum(a[:size].nbytes for a in tree.flatten((x, y)))
    state = sum(np.asarray(v).nbytes for v in (*model.variables, *model.optimizer.variables))
    arithmetic, memory = found.flops / flops, (batch + 2 * state) / copied
    return {
        "workload": name,
        "step_ms": seconds * 1e3,
        "mflop": found.flops / 1e6,
        "arithmetic_ms": arithmetic * 1e3,
        "memory_ms": memory * 1e3,
        "fraction": (arithmetic + memory) / seconds,
        "peak_gflops": flops / 1e9,
        "bandwidth_gb_s": copied / 1e9,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", default=",".join(workloads.WORKLOADS))
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    rows = []
    print("workload            step, ms     MFLOP  arithmetic, ms  memory, ms  floor / step")
    for name in options.workloads.split(","):
        row = measure(name)
        rows.append(row)
        print(
            f"{name:16s} {row['step_ms']:11.3f} {row['mflop']:9.1f} {row['arithmetic_ms']:15.3f} {row['memory_ms']:11.3f}"
            f" {row['fraction']:13.2f}",
            flush=True,
        )
    print(f"peak {rows[-1]['peak_gflops']:.0f} GFLOP/s, bandwidth {rows[-1]['bandwidth_gb_s']:.1f} GB/s")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
