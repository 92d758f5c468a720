"""Files of models that are damaged at random: each is refused by a ModelFileError, or loads into a sound model.

    python scripts/mutate_files.py [--count 10000] [--seed 0] [--formats keras,map,...] [--only NUMBER]

A mutant is a good file with bytes flipped, cut, doubled or moved, in the file, in a member of its archive (whose checksums are
then made right), or in the structure of its JSON texts; of sharded weights the map ("map") or one of its files ("shard") is
damaged. They are read in processes with a limit of memory (RLIMIT_AS) and of seconds a file; a crash is a fault as well, and the
process is made anew. Prints a line a format: how many were refused, how many loaded, and the faults by their number, which
`--only` repeats. `tests/saving/test_mutated_files.py` runs a sample.
"""

import argparse
import collections
import copy
import hashlib
import importlib.util
import io
import json
import os
import pickle
import random
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import lamina
from lamina import layers, models
from lamina.saving import ModelFileError
from lamina.training._resuming._file import read_state, write_state

SECONDS = 20  # a file
ROOM = 2**30  # of memory, beside what the process has
CONFIG, WEIGHTS = "config.json", "model.weights.h5"
MAP, SHARD = ".weights.json", "_00001.weights.h5"
MAX_SHARD = 3e-7  # gigabytes: several files
FLAT = ("weights", "npz", "safetensors")  # weights in one file


class Outcome(NamedTuple):
    number: int
    fault: str | None  # None: refused or loaded
    refused: bool


# --- good files -------------------------------------------------------------------------------------------------------


def network() -> Any:
    """A small model with layers of many families, and a state of training."""
    lamina.utils.set_random_seed(0)
    words = layers.Input((1,), dtype="string", name="words")
    image = layers.Input((6, 6, 2), name="image")
    x = layers.Conv2D(3, 3, activation="relu", kernel_regularizer="l2")(image)
    x = layers.BatchNormalization()(layers.MaxPooling2D()(x))
    x = layers.LSTM(2)(layers.Reshape((4, 3))(x))
    lookup = layers.StringLookup(output_mode="one_hot")
    lookup.adapt(np.array(["a", "b", "c"]))
    x = layers.Concatenate()([x, layers.Dropout(0.5)(lookup(words))])
    return models.Model([words, image], layers.Dense(1)(x * 2.0 + 1.0))


def plain_network() -> Any:
    """Without texts, for the format of Keras 2, which keeps no files beside the weights."""
    lamina.utils.set_random_seed(0)
    inputs = layers.Input((6, 2))
    x = layers.Add()([layers.Conv1D(2, 3, padding="same")(inputs), inputs])
    model = models.Model(inputs, layers.Dense(1)(layers.GRU(3)(layers.LayerNormalization()(x))))
    model.compile(lamina.optimizers.Adam(lamina.optimizers.schedules.CosineDecay(0.1, 10)), "mse", metrics=["mae"])
    model.fit(np.ones((4, 6, 2)), np.ones((4, 1)), verbose=0)
    return model


def good_file(kind: str, folder: Path) -> bytes:
    path = folder / f"good{ENDINGS[kind]}"
    if kind == "state":
        arrays = {"kernel": np.arange(12.0).reshape(3, 4), "step": np.int64(3), "names": np.array(["a", "b"])}
        write_state(str(path), {"weights": arrays, "history": {"loss": [1.0, float("nan")]}, "place": (1, "x", None)})
    elif kind == "keras":
        model = network()
        model.compile("adam", "mse", metrics=["mae"])
        model.save(path)
    elif kind in ("map", "shard"):
        plain_network().save_weights(folder / f"good-{kind}{MAP}", max_shard_size=MAX_SHARD)
        return (folder / f"good-{kind}{ENDINGS[kind]}").read_bytes()
    elif kind in FLAT:
        plain_network().save_weights(path)
    else:
        plain_network().save(path)
    return path.read_bytes()


# --- damage to bytes --------------------------------------------------------------------------------------------------


def flip(content: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)


def overwrite(content: bytearray, rng: random.Random) -> None:
    start, length = rng.randrange(len(content)), rng.choice((1, 2, 4, 8, 100))
    filler = rng.choice((bytes(length), b"\xff" * length, rng.randbytes(length)))
    content[start : start + length] = filler


def cut(content: bytearray, rng: random.Random) -> None:
    del content[rng.randrange(len(content)) :]


def cut_out(content: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(content))
    del content[start : start + rng.choice((1, 4, 16, 500))]


def double(content: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(content))
    content[start:start] = content[start : start + rng.choice((1, 8, 64, 1000))]


def move(content: bytearray, rng: random.Random) -> None:
    start, length, target = rng.randrange(len(content)), rng.choice((4, 8, 100)), rng.randrange(len(content))
    content[target : target + length] = content[start : start + length]


BYTES = (flip, flip, overwrite, overwrite, cut, cut_out, double, move)


def damaged(content: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 3))):
        if changed:
            rng.choice(BYTES)(changed, rng)
    return bytes(changed)


# --- damage to JSON ---------------------------------------------------------------------------------------------------

STRANGE: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 7, 10**9, 10**12, 10**30, -(10**12), 0.5, -1.5, 1e300, float("nan"), float("inf"), "", "a",
    "relu", "float16", "int32", "string", "../x", "/etc/passwd", "http://127.0.0.1:9/x", "\0", "x" * 5000, [], {}, [None],
    [1, 2], [[1]], [0] * 2000, {"a": 1}, {"class_name": "Dense", "config": {}}, {"class_name": "__lambda__", "config": {}},
    {"class_name": "__tensor__", "config": {"value": [1], "dtype": "int8"}}, {"class_name": "__tuple__", "items": [1]},
)  # fmt: skip


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """(container, key) of everything in a structure."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], (dict, list)):
            yield from places(value[key])


def change_json(value: Any, rng: random.Random) -> Any:
    """Changes a structure in one to three places."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        found = list(places(value)) if isinstance(value, (dict, list)) else []
        if not found:
            return rng.choice(STRANGE)
        (holder, key), (other, other_key) = rng.choice(found), rng.choice(found)
        move_of = rng.randrange(6)
        if move_of == 0:
            del holder[key]
        elif move_of == 1:
            holder[key] = copy.deepcopy(other[other_key])
        elif move_of == 2 and isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        elif move_of == 3 and isinstance(holder, dict):
            holder[rng.choice((f"{key}x", "name", "config", "dtype"))] = holder.pop(key)
        elif move_of == 4 and isinstance(holder[key], (int, float)):
            holder[key] = holder[key] * rng.choice((-1, 2, 10, 0.5, 10**6))
        else:
            holder[key] = copy.deepcopy(rng.choice(STRANGE))
    return value


# --- mutants of a format ----------------------------------------------------------------------------------------------


def mutant_of_archive(content: bytes, rng: random.Random, texts: tuple[str, ...]) -> bytes:
    if rng.random() < 0.3:
        return damaged(content, rng)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice([*texts * 4, *parts])
    if name in texts and rng.random() < 0.8:
        parts[name] = json.dumps(change_json(json.loads(parts[name]), rng)).encode()
    else:
        parts[name] = damaged(parts[name], rng)
    if "checksums.json" in parts and name != "checksums.json":
        sums = {n: hashlib.sha256(c).hexdigest() for n, c in parts.items() if n != "checksums.json"}
        parts["checksums.json"] = json.dumps(sums).encode()
    buffer, method = io.BytesIO(), rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(buffer, "w") as archive:
        for n, c in parts.items():
            # Without a date of its own a member has the clock's, and a mutant is another two seconds later.
            archive.writestr(zipfile.ZipInfo(n), c, method)
    return buffer.getvalue()


def mutant_of_h5(content: bytes, rng: random.Random) -> bytes:
    if rng.random() < 0.4:
        return damaged(content, rng)
    import h5py

    buffer = io.BytesIO(content)
    with h5py.File(buffer, "r+") as file:
        if "model_config" in file.attrs and rng.random() < 0.8:
            name = rng.choice(("model_config", "model_config", "training_config"))
            file.attrs[name] = json.dumps(change_json(json.loads(file.attrs[name]), rng))
        else:
            _change_group(file, rng)
    return buffer.getvalue()


def mutant_of_map(content: bytes, rng: random.Random) -> bytes:
    if rng.random() < 0.3:
        return damaged(content, rng)
    return json.dumps(change_json(json.loads(content), rng)).encode()


def mutant_of_safetensors(content: bytes, rng: random.Random) -> bytes:
    """Bytes, or the JSON text before them, whose length is then made right."""
    if rng.random() < 0.4:
        return damaged(content, rng)
    end = 8 + int.from_bytes(content[:8], "little")
    text = json.dumps(change_json(json.loads(content[8:end]), rng)).encode()
    return len(text).to_bytes(8, "little") + text + content[end:]


def _change_group(file: Any, rng: random.Random) -> None:
    names: list[str] = []
    file.visit(names.append)
    name = rng.choice(names)
    strange = rng.choice(
        (np.zeros((2, 2)), np.float32(1), np.zeros((0, 3)), b"text", np.arange(5), np.zeros((3, 2), "c8"))
    )
    holder = file[name]
    if len(holder.attrs) and rng.random() < 0.5:
        holder.attrs[rng.choice(list(holder.attrs))] = strange
    elif rng.random() < 0.3:
        del file[name]
    else:
        del file[name]
        file[name] = strange


ENDINGS = {
    "keras": ".keras", "weights": ".weights.h5", "h5": ".h5", "npz": ".npz", "safetensors": ".safetensors", "map": MAP,
    "shard": SHARD, "state": ".state",
}  # fmt: skip
# Those that can be written here: the core has no safetensors.
KINDS = [kind for kind in ENDINGS if kind != "safetensors" or importlib.util.find_spec(kind)]
MUTANTS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "keras": lambda content, rng: mutant_of_archive(content, rng, (CONFIG,)),
    "weights": mutant_of_h5,
    "h5": mutant_of_h5,
    "npz": lambda content, rng: mutant_of_archive(content, rng, ()),
    "safetensors": mutant_of_safetensors,
    "map": mutant_of_map,
    "shard": mutant_of_h5,
    "state": lambda content, rng: mutant_of_archive(content, rng, ("state.json", "checksums.json")),
}


# --- reading them -----------------------------------------------------------------------------------------------------


class Reader:
    """Reads mutants of one format. What loads must be whole: shapes that fit their variables, a config that can be written."""

    def __init__(self, kind: str, content: bytes, folder: Path):
        self.kind, self.content = kind, content
        self.path = folder / f"mutant-{kind}{ENDINGS[kind]}"
        self.model = plain_network() if kind in (*FLAT, "map", "shard") else None
        self.read = str(self.path)
        if kind in ("map", "shard"):  # beside whole files, under whose names it is
            self.model.save_weights(folder / f"mutant-{kind}{MAP}", max_shard_size=MAX_SHARD)
            self.read = str(folder / f"mutant-{kind}{MAP}")

    def mutant(self, seed: int, number: int) -> bytes:
        return MUTANTS[self.kind](self.content, random.Random(f"{seed} {self.kind} {number}"))

    def outcome(self, seed: int, number: int) -> Outcome:
        self.path.write_bytes(self.mutant(seed, number))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._read()
        except ModelFileError as error:
            silent = error.file != self.read or not error.reason.strip(" .")
            return Outcome(number, f"an error that does not say why: {error}" if silent else None, True)
        except (Exception, KeyboardInterrupt) as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            return Outcome(number, f"{type(error).__name__}: {str(error)[:200]} ({last.filename}:{last.lineno})", False)
        return Outcome(number, None, False)

    def _read(self) -> None:
        if self.kind == "state":
            pickle.dumps(read_state(self.read))
            return
        if self.model is not None:
            self.model.load_weights(self.read)
        model = self.model or models.load_model(self.read)
        for variable in model.weights:
            assert variable.numpy().shape == tuple(variable.shape)
        json.dumps(lamina.saving.serialize_keras_object(model))


def trials(kind: str, seed: int, numbers: list[int]) -> Iterator[Outcome]:
    """The outcomes of these mutants, read in children that are made anew when one crashes or hangs."""
    folder = Path(tempfile.mkdtemp())
    reader = Reader(kind, good_file(kind, folder), folder)
    try:
        while numbers:
            done = 0
            for outcome in _in_a_child(reader, seed, numbers):
                done += 1
                yield outcome
            numbers = numbers[done:]
    finally:
        shutil.rmtree(folder)


def _in_a_child(reader: Reader, seed: int, numbers: list[int]) -> Iterator[Outcome]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _limit_memory()
            with os.fdopen(writing, "w", buffering=1) as pipe:
                for number in numbers:
                    print(json.dumps(reader.outcome(seed, number)), file=pipe)
        finally:
            os._exit(0)
    os.close(writing)
    done = 0
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        rest = b""
        while (
            done < len(numbers)
            and select.select([pipe], [], [], SECONDS)[0]
            and (piece := os.read(pipe.fileno(), 2**16))
        ):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                done += 1
                yield Outcome(*json.loads(line))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if done < len(numbers):
        how = (
            f"more than {SECONDS} s"
            if os.WTERMSIG(status) == signal.SIGKILL
            else f"crashed by signal {os.WTERMSIG(status)}"
        )
        yield Outcome(numbers[done], how, False)


def _limit_memory() -> None:
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + ROOM, resource.getrlimit(resource.RLIMIT_AS)[1]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--formats", default=",".join(KINDS))
    parser.add_argument("--only", type=int)
    options = parser.parse_args()
    wrong = 0
    lamina.config.set_diagnosis("off")
    for kind in options.formats.split(","):
        start, found = time.monotonic(), collections.Counter()
        for outcome in trials(
            kind, options.seed, list(range(options.count)) if options.only is None else [options.only]
        ):
            found["fault" if outcome.fault else "refused" if outcome.refused else "loaded"] += 1
            if outcome.fault:
                print(f"{kind} {outcome.number}: {outcome.fault}", flush=True)
        wrong += found["fault"]
        counts = ", ".join(f"{n} {what}" for what, n in sorted(found.items()))
        print(f"{kind}: {found.total()} mutants, {counts}, {time.monotonic() - start:.0f} s", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
