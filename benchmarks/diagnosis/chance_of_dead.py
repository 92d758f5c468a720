"""How often a healthy small network begins with relu units that give 0 for nearly all rows, by chance.

    python benchmarks/diagnosis/chance_of_dead.py [--trials 1000]

Networks of relu layers with the default initializer (Glorot's uniform), biases of 0, and inputs of several kinds.
Told is the share of networks in which some layer meets a criterion: `70 %` dead, the whole layer (`all`), or as many
as `diagnosis` asks for (`rule`).
"""

import argparse
import itertools

import numpy as np

from lamina.diagnosis._pass_rules import least_dead


def inputs(kind, rows, columns, rng):
    if kind == "normal":
        return rng.normal(size=(rows, columns))
    if kind == "[0, 1]":
        return rng.random((rows, columns))
    if kind == "[0.8, 1]":
        return 0.8 + 0.2 * rng.random((rows, columns))
    return (rng.random((rows, columns)) < 0.3) * 1.0  # flags


def judged(x, width, depth, rng):
    """Which criteria some layer of one network meets."""
    found = set()
    for _ in range(depth):
        limit = np.sqrt(6 / (x.shape[1] + width))
        x = np.maximum(x @ rng.uniform(-limit, limit, (x.shape[1], width)), 0)
        dead = int(np.sum(np.percentile(x, 95, axis=0) < 1e-5))
        found |= {"70 %"} if dead > 0.7 * width else set()
        found |= {"all"} if not x.max() > 1e-5 else set()
        found |= {"rule"} if dead >= least_dead(width) or not x.max() > 1e-5 else set()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=1000)
    arguments = parser.parse_args()
    rng = np.random.default_rng(0)
    print(
        "| inputs | columns | units | layers | rows | 70 % | all | rule |\n| --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    for kind, columns, width, depth, rows in itertools.product(
        ("normal", "[0, 1]", "[0.8, 1]", "flags"), (1, 8), (4, 8, 16, 32), (1, 3), (64,)
    ):
        found = [judged(inputs(kind, rows, columns, rng), width, depth, rng) for _ in range(arguments.trials)]
        shares = [f"{np.mean([name in f for f in found]):.1%}" for name in ("70 %", "all", "rule")]
        print("|", " | ".join(map(str, (kind, columns, width, depth, rows, *shares))), "|")


if __name__ == "__main__":
    main()
