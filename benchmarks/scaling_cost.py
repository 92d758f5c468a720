"""How well a training scales, by a small model of its cost: arithmetic against communication, for 1 to 4,096 devices.

python benchmarks/scaling_cost.py                                  data parallel, the three models below
python benchmarks/scaling_cost.py --sharded                        weights cut over all devices
python benchmarks/scaling_cost.py --flops 40e12 --fast 50e9 ...    another machine

Nothing is computed on devices here; `benchmarks/distribution.py` measures what a machine at hand does, beside this model.

A step of data parallel training costs, on each of n devices,

    arithmetic      6 · weights · samples on the device · positions a sample / (speed · utilisation)
    all-reduce      2 · (n-1)/n · bytes of the gradient / bandwidth  +  2 · log2(n) · latency

(a ring moves 2(n-1)/n of the bytes through every link, whatever n; Patarasuk and Yuan 2009,
doi:10.1016/j.jpdc.2008.09.002). Within a host of 8 the links are fast; between hosts each device moves an eighth of the
bytes at the speed of the network. A part of it, `overlap`, goes on beside the arithmetic of the backward pass. All wait
for the slowest: of n devices whose steps vary by `jitter`, that is later by jitter · sqrt(2 · ln(n)) of a step. Fully
sharded weights are gathered twice and their gradients scattered once: three halves of an all-reduce.
"""

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass

COUNTS = tuple(2**i for i in range(13))  # 1 to 4,096


@dataclass(frozen=True)
class Model:
    """A model as its cost: weights, positions a sample (tokens, or pixels after reduction), samples a device a step."""

    name: str
    weights: float
    positions: float
    samples: int


@dataclass(frozen=True)
class Machine:
    """Devices and links: floating-point operations and bytes a second of a device, seconds a message."""

    flops: float = 400e12
    utilisation: float = 0.4
    fast: float = 300e9  # bytes/s between the devices of a host
    network: float = 50e9  # bytes/s of a host to the others, for each of its devices
    latency: float = 10e-6
    a_host: int = 8
    overlap: float = 0.5  # the part of communication that hides behind arithmetic, where there is enough
    jitter: float = 0.01  # standard deviation of a device's arithmetic, as a part of it
    bytes_a_weight: int = 2


# ResNet-50 multiplies each weight 80 times an image (4.1e9 operations forward, 25.6e6 weights); the others are transformers.
MODELS = (
    Model("ResNet-50 size, 25.6 M", 25.6e6, 80.0, 256),
    Model("transformer, 350 M", 350e6, 1024.0, 16),
    Model("transformer, 7 B", 7e9, 2048.0, 4),
)


def arithmetic_s(model: Model, machine: Machine) -> float:
    """Seconds of the products of a step on one device: two operations forward and four backward a weight and position."""
    return 6 * model.weights * model.positions * model.samples / (machine.flops * machine.utilisation)


def ring_s(count: int, size: float, bandwidth: float, latency: float) -> float:
    """Seconds of an all-reduce of `size` bytes over a ring (bytes) and a tree (messages) of `count`."""
    return 0.0 if count == 1 else 2 * (count - 1) / count * size / bandwidth + 2 * math.log2(count) * latency


def all_reduce_s(count: int, size: float, machine: Machine) -> float:
    """Seconds of an all-reduce: within hosts, then between them, each device with its share of the bytes."""
    inside = min(count, machine.a_host)
    hosts = max(count // machine.a_host, 1)
    within = ring_s(inside, size, machine.fast, machine.latency)
    return within + ring_s(hosts, size / inside, machine.network, machine.latency)


def step_s(count: int, model: Model, machine: Machine, sharded: bool = False) -> float:
    """Seconds of a step on `count` devices, the samples a device staying the same."""
    work = arithmetic_s(model, machine)
    talk = all_reduce_s(count, model.weights * machine.bytes_a_weight, machine) * (1.5 if sharded else 1.0)
    hidden = min(machine.overlap * talk, work * 2 / 3)  # the backward pass is two thirds of the arithmetic
    waiting = machine.jitter * math.sqrt(2 * math.log(count)) * work
    return work + waiting + talk - hidden


def efficiency(count: int, model: Model, machine: Machine, sharded: bool = False) -> float:
    """Samples a second a device, as a part of what one device alone does."""
    return step_s(1, model, machine) / step_s(count, model, machine, sharded)


def virtual_step_s(one_s: float, pairs_s: float) -> Callable[[int], float]:
    """Seconds of a step on n virtual devices that share the cores of one machine, from what 1 and 2 took.

    The arithmetic stays what it is; what is added grows with the n-1 sums that an all-reduce makes.
    """
    each = max(pairs_s - one_s, 0.0)
    return lambda count: one_s + (count - 1) * each


def table(machine: Machine, sharded: bool) -> str:
    """Step time and efficiency for every count and model."""
    lines = [f"{'devices':>8}  " + "  ".join(f"{m.name:>24}" for m in MODELS)]
    for count in COUNTS:
        cells = (
            f"{step_s(count, m, machine, sharded) * 1e3:>11,.1f} ms  {efficiency(count, m, machine, sharded):>8.1%}"
            for m in MODELS
        )
        lines.append(f"{count:>8,}  " + "  ".join(cells))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sharded", action="store_true", help="weights cut over all devices")
    for name, value in vars(Machine()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    options = vars(parser.parse_args())
    sharded = options.pop("sharded")
    machine = Machine(**options)
    print(machine)
    print(table(machine, sharded))


if __name__ == "__main__":
    main()
