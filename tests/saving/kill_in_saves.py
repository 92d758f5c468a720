"""Saves sharded weights over others in processes that kill themselves (SIGKILL) at every point where a file is touched.

    python tests/saving/kill_in_saves.py FOLDER [--quick]

Prints a line of JSON for each point: what was about to happen, and which weights can be read after: "old", "new" or the error.
"""

import json
import os
import shutil
import signal
import sys
from pathlib import Path

import numpy as np

from lamina import layers, models

KILOBYTE = 1 / 2**20  # in gigabytes


class Bomb:
    """Kills the process at its n-th touch of a file: before it, and for writes in the middle."""

    def __init__(self, point, report):
        self.left, self.report = point, report
        for name in ("fsync", "replace", "unlink", "chmod"):
            setattr(os, name, self.before(name, getattr(os, name)))
        self.open = os.fdopen
        os.fdopen = self.fdopen

    def touch(self, what, first=lambda: None):
        if self.left == 0:
            first()
            os.write(self.report, what.encode())
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1

    def before(self, name, function):
        def guarded(*args, **kwargs):
            self.touch(name)
            return function(*args, **kwargs)

        return guarded

    def fdopen(self, *args):
        return File(self.open(*args), self)


class File:
    """A file whose writes may end in their middle."""

    def __init__(self, file, bomb):
        self.file, self.bomb = file, bomb

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.file.close()

    def __getattr__(self, name):
        return getattr(self.file, name)

    def write(self, content):
        self.bomb.touch("write", lambda: (self.file.write(content[: len(content) // 2]), self.file.flush()))
        return self.file.write(content)


def network(value):
    model = models.Sequential([layers.Input((12,)), layers.Dense(20), layers.Dense(9), layers.Dense(2)])
    model.set_weights([np.full(w.shape, value) for w in model.get_weights()])
    return model


def readable(path):
    """Which of the weights are at the path."""
    model = network(0)
    try:
        model.load_weights(path)
    except Exception as error:
        return repr(error)
    values = {float(v) for w in model.get_weights() for v in np.unique(w)}
    return {1.0: "old", 2.0: "new"}.get(values.pop(), "other") if len(values) == 1 else "mixed"


def killed_save(path, point, size):
    """What was about to happen when the save was killed; "" if it came to its end."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            model = network(2)
            Bomb(point, writing)
            model.save_weights(path, max_shard_size=size)
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, "rb") as file:
        what = file.read().decode()
    status = os.waitpid(child, 0)[1]
    assert (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL) == bool(what)
    return what


def listed(folder):
    return sorted(p.name for p in folder.iterdir())


def main(root):
    (root / "old").mkdir()
    network(1).save_weights(root / "old" / "net.weights.json", max_shard_size=0.7 * KILOBYTE)
    for size in (0.3 * KILOBYTE, 0.9 * KILOBYTE)[: 1 if "--quick" in sys.argv else 2]:
        what, point = "start", 0
        while what:
            folder = root / f"{size * 2**20}-{point}"
            shutil.copytree(root / "old", folder)
            path = folder / "net.weights.json"
            what = killed_save(path, point, size)
            found = readable(path)
            network(2).save_weights(path, max_shard_size=1)
            again = readable(path)
            print(json.dumps({"at": what, "found": found, "again": again, "files": listed(folder)}), flush=True)
            shutil.rmtree(folder)
            point += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]))
