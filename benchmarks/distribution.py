"""Steps a second of one training on 1, 2 and 4 virtual devices of this machine, beside what the model of cost foretells.

python benchmarks/distribution.py [--units 512] [--layers 4] [--batch 256] [--rounds 5] [--counts 1,2,4]

Needs jax. Virtual devices share the cores, so that more of them are never faster: what is measured is what it costs that
they must tell each other their gradients. The figure for 4 is foretold from those for 1 and 2
(`scaling_cost.virtual_step_s`), before it is measured.
Each count runs in a process of its own, as JAX makes its devices once; the losses are the same but for rounding, which grows
with the steps.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

import scaling_cost

STEPS = 50  # in an epoch


def measure(options: argparse.Namespace) -> None:
    """Prints the seconds a step of several epochs, and the last loss, as JSON."""
    import numpy as np

    import lamina
    from lamina import distribution, layers

    distribution.set_distribution(distribution.DataParallel())
    lamina.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(options.batch * STEPS, options.units)).astype("float32")
    y = rng.normal(size=(len(x), 1)).astype("float32")
    hidden = [layers.Dense(options.units, activation="relu") for _ in range(options.layers)]
    model = lamina.Sequential([lamina.Input((options.units,)), *hidden, layers.Dense(1)])
    model.compile("adam", "mse")
    times, loss = [], 0.0
    for _ in range(options.rounds + 1):  # the first compiles
        start = time.perf_counter()
        loss = model.fit(x, y, batch_size=options.batch, verbose=0, diagnose="off").history["loss"][0]
        times.append((time.perf_counter() - start) / STEPS)
    print(json.dumps({"seconds": times[1:], "loss": loss, "weights": model.count_params()}))


def run(count: int, arguments: list[str]) -> dict:
    environment = {
        **os.environ, "LAMINA_ENGINE": "jax", "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={count}",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, __file__, "--inside", *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in {"units": 512, "layers": 4, "batch": 256, "rounds": 5}.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--counts", default="1,2,4")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        measure(options)
        return
    arguments = [f"--{name}={getattr(options, name)}" for name in ("units", "layers", "batch", "rounds")]
    found: dict[int, dict] = {}
    for count in map(int, options.counts.split(",")):
        found[count] = run(count, arguments)
        median, spread = statistics.median(found[count]["seconds"]), found[count]["seconds"]
        foretold = ""
        if count > 2 and {1, 2} <= found.keys():
            one, two = (statistics.median(found[n]["seconds"]) for n in (1, 2))
            foretold = f", foretold {1 / scaling_cost.virtual_step_s(one, two)(count):.1f}"
        print(
            f"{count} devices: {1 / median:.1f} steps/s ({1 / max(spread):.1f} to {1 / min(spread):.1f}){foretold}, "
            f"loss {found[count]['loss']:.6f}, {found[count]['weights']:,} weights",
            flush=True,
        )


if __name__ == "__main__":
    main()
