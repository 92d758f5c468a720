"""Trainings that are killed (SIGKILL) at random moments and started again, compared with ones that were not.

    python scripts/kill.py [--kills 60] [--engines native,jax,torch] [--seed 0] [--only NAME,...]

Every configuration is trained once in one piece, and once in a process that is killed again and again: after a random time,
or as soon as a state is being written. Prints, for each, how many kills there were and whether the weights and the history
are the same to the bit; at the end how many of the trainings were lost (a run that failed, or other numbers) and how many
equal. `tests/training/_resuming/test_kill.py` runs a sample.
"""

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

READY = "training"  # what a child prints after its first batch
_UNFINISHED = ".state-*.tmp"
PACE_S = 0.01  # how long each batch of a child takes at least, so that kills fall into the training

# --- what is trained --------------------------------------------------------------------------------------------------


def rows() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.random((90, 6), "float32")
    return x, (x @ rng.random((6, 1), "float32") + 0.1 * rng.random((90, 1), "float32")).astype("float32")


def dense(lamina: Any, optimizer: Any, image: bool = False) -> Any:
    """A model with dropout (and, for images, augmentation), compiled."""
    layers = lamina.layers
    inner = [layers.Reshape((3, 2, 1)), layers.RandomFlip(), layers.RandomZoom(0.2), layers.Flatten()] if image else []
    model = lamina.Sequential(
        [
            lamina.Input((6,)),
            *inner,
            layers.Dense(16, "tanh"),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.Dense(1),
        ]
    )
    model.compile(optimizer, "mse", metrics=["mae"])
    return model


def watchers(lamina: Any) -> list[Any]:
    found = lamina.callbacks
    return [
        found.EarlyStopping(patience=3, restore_best_weights=True),
        found.ReduceLROnPlateau(patience=1, min_delta=0.01),
    ]


def arrays(lamina: Any) -> Iterator[Any]:
    """Shuffled arrays, validation, EarlyStopping, ReduceLROnPlateau, Adam."""
    x, y = rows()
    yield dense(lamina, lamina.optimizers.Adam(0.02))
    yield {"x": x, "y": y, "batch_size": 8, "validation_split": 0.2, "callbacks": watchers(lamina)}


def schedule(lamina: Any) -> Iterator[Any]:
    """A schedule, gradient accumulation and a moving average of the weights; epochs of some steps."""
    x, y = rows()
    rate = lamina.optimizers.schedules.CosineDecay(0.05, 60)
    yield dense(lamina, lamina.optimizers.Adam(rate, gradient_accumulation_steps=3, use_ema=True, ema_momentum=0.9))
    yield {"x": x, "y": y, "batch_size": 8, "steps_per_epoch": 7}


def augmented(lamina: Any) -> Iterator[Any]:
    """Augmentation inside the model, momentum, a callback that sets the rate by the one before."""
    x, y = rows()
    yield dense(lamina, lamina.optimizers.SGD(0.02, momentum=0.9), image=True)
    fall = lamina.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9)
    yield {"x": x, "y": y, "batch_size": 16, "callbacks": [fall]}


def dataset(lamina: Any) -> Iterator[Any]:
    """A lamina.data data set that shuffles with a seed of its own, cached before, mixed in batches after."""
    x, y = rows()
    data = lamina.data.Dataset.from_tensor_slices((x, y)).shuffle(90).cache().shuffle(30).batch(8).prefetch(2)
    yield dense(lamina, "rmsprop")
    yield {"x": data, "validation_data": lamina.data.Dataset.from_tensor_slices((x, y)).shuffle(90).batch(20)}


def endless(lamina: Any) -> Iterator[Any]:
    """A data set that repeats for ever, epochs of some steps of it."""
    x, y = rows()
    yield dense(lamina, "adamw")
    data = lamina.data.Dataset.from_tensor_slices((x, y)).shuffle(50).repeat().batch(8)
    yield {"x": data, "steps_per_epoch": 9, "callbacks": watchers(lamina)[:0]}


def pydataset(lamina: Any) -> Iterator[Any]:
    """A PyDataset with workers, shuffled by fit and by itself after each epoch."""
    x, y = rows()

    class Rows(lamina.utils.PyDataset):
        def __init__(self) -> None:
            super().__init__(workers=2)
            self.order = np.arange(90)

        def __len__(self) -> int:
            return 11

        def __getitem__(self, index: int) -> Any:
            places = self.order[index * 8 : index * 8 + 8]
            return x[places], y[places]

        def on_epoch_end(self) -> None:
            np.random.shuffle(self.order)

    yield dense(lamina, lamina.optimizers.Nadam(0.01))
    yield {"x": Rows(), "shuffle": True, "validation_data": (x, y), "callbacks": watchers(lamina)}


TRAININGS: dict[str, Callable[[Any], Iterator[Any]]] = {
    f.__name__: f for f in (arrays, schedule, augmented, dataset, endless, pydataset)
}
EPOCHS = 8


def train(name: str, folder: str, result: str) -> None:
    """What a child does: trains, keeping its state, and writes the weights' digest and the history."""
    import lamina

    class Pace(lamina.callbacks.Callback):
        is_first = True

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if self.is_first:
                print(READY, flush=True)
                self.is_first = False
            time.sleep(PACE_S)

    # A state holds all that is random; but a data set that is told of its epochs, as here, must begin as it did.
    goes_on = any(Path(folder).glob("state-*")) and name != "pydataset"
    lamina.utils.set_random_seed(random.randrange(1 << 20) if goes_on else 5)
    model, arguments = TRAININGS[name](lamina)
    backup = lamina.callbacks.BackupAndRestore(folder, save_freq=2, delete_checkpoint=False)
    more = [Pace(), backup]
    history = model.fit(
        **{"epochs": EPOCHS, "verbose": 0, **arguments, "callbacks": [*arguments.get("callbacks", []), *more]}
    )
    weights = hashlib.sha256(b"".join(w.tobytes() for w in model.get_weights())).hexdigest()
    Path(result).write_text(json.dumps({"weights": weights, "epoch": history.epoch, "history": history.history}))


# --- killing ----------------------------------------------------------------------------------------------------------


@dataclass
class Outcome:
    """How a training came out that was killed so many times: `fault` is None if it is equal."""

    kills: int
    fault: str | None
    in_writes: int = 0  # how many of the kills fell into the writing of a state


def start(name: str, folder: Path, result: Path, engine: str) -> subprocess.Popen:
    environment = {**os.environ, "LAMINA_ENGINE": engine, "JAX_PLATFORMS": "cpu", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, __file__, "--train", name, str(folder), str(result)]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def kill_at_some_moment(child: subprocess.Popen, folder: Path, rng: random.Random) -> str | None:
    """Kills the child after a random time, or in the middle of a write: "training" or "write"; None if it ended before."""
    assert child.stdout is not None
    if child.stdout.readline().strip() != READY:
        return None
    known = set(folder.glob(_UNFINISHED))  # of writes that were broken off before
    end = time.monotonic() + rng.uniform(0.0, 0.8)
    in_a_write = rng.random() < 0.4
    while child.poll() is None:
        is_due = time.monotonic() >= end
        if is_due and (not in_a_write or set(folder.glob(_UNFINISHED)) - known):
            os.killpg(child.pid, signal.SIGKILL)
            is_killed = child.wait() == -signal.SIGKILL
            return ("write" if set(folder.glob(_UNFINISHED)) - known else "training") if is_killed else None
        time.sleep(2e-4 if is_due else 2e-3)
    return None


def trial(name: str, engine: str, most: int, rng: random.Random, reference: dict[str, Any] | None = None) -> Outcome:
    """Trains in one piece, and killed at most so many times."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        whole = reference or whole_run(name, engine)
        folder, result, kills, in_writes = root / "states", root / "killed.json", 0, 0
        while True:
            child = start(name, folder, result, engine)
            if kills < most and (moment := kill_at_some_moment(child, folder, rng)):
                child.communicate()
                kills, in_writes = kills + 1, in_writes + (moment == "write")
                continue
            _, errors = child.communicate()
            if child.returncode:
                return Outcome(kills, f"failed: {errors.strip().splitlines()[-1:]}", in_writes)
            return Outcome(kills, _difference(whole, json.loads(result.read_text())), in_writes)


def whole_run(name: str, engine: str) -> dict[str, Any]:
    """The result of a training in one piece. Raises RuntimeError if it fails."""
    with tempfile.TemporaryDirectory() as place:
        child = start(name, Path(place) / "states", Path(place) / "whole.json", engine)
        _, errors = child.communicate()
        if child.returncode:
            raise RuntimeError(errors)
        return json.loads((Path(place) / "whole.json").read_text())


def _difference(whole: dict[str, Any], killed: dict[str, Any]) -> str | None:
    differing = [key for key in whole if whole[key] != killed[key]]
    return f"other {', '.join(differing)}" if differing else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--engines", default="native,jax,torch")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default=",".join(TRAININGS))
    parser.add_argument("--train", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.train:
        train(*args.train)
        return 0
    rng = random.Random(args.seed)
    pairs = [(engine, name) for name in args.only.split(",") for engine in args.engines.split(",")]
    references: dict[Any, Any] = {}
    kills, outcomes, turn = 0, [], 0
    while kills < args.kills:
        engine, name = pairs[turn % len(pairs)]
        reference = references.setdefault((engine, name), None) or whole_run(name, engine)
        references[engine, name] = reference
        outcome = trial(name, engine, min(4, args.kills - kills), rng, reference)
        print(f"{engine:7} {name:10} {outcome.kills} kills: {outcome.fault or 'equal'}", flush=True)
        outcomes.append(outcome)
        kills, turn = kills + outcome.kills, turn + 1
    lost = sum(o.fault is not None for o in outcomes)
    writes = sum(o.in_writes for o in outcomes)
    print(f"{kills} kills, {writes} in writes, in {len(outcomes)} trainings: {lost} lost, {len(outcomes) - lost} equal")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
