"""Opens every file of the corpus in a process of its own, within limits and among canaries, and prints what came of it as JSON.

    python tests/saving/attacks/run.py FOLDER [PATTERN] [EVERY]

FOLDER is empty; PATTERN is of names or families; of the cases of one builder each EVERYth is tried, the first among them.

An entry of the list is {"name", "family", "faults", "seconds"}; without faults, the file was stopped by a ModelFileError that
names it.
"""

import collections
import ctypes
import fnmatch
import importlib
import importlib.util
import json
import os
import resource
import shutil
import signal
import struct
import sys
import threading
import time
from pathlib import Path

os.environ.setdefault("LAMINA_ENGINE", "native")
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import h5py
import numpy as np
from corpus import ATTACKS, FAMILIES, Lab, bomb, h5, into_net, net  # noqa: F401

from lamina import layers, models, saving
from lamina._lazy import load_namespace
from lamina.saving import ModelFileError
from lamina.tables import _model_file  # noqa: F401
from lamina.training._resuming import _folder  # noqa: F401
from lamina.training._resuming._file import read_state, write_state
from lamina.variables._from_file import reading_file
from lamina.variables._registry._find import NAMESPACES
from lamina.variables._registry._sharing import sharing_scope

SECONDS, ROOM = 10, 3 * 2**30
PEAK = 256 * 2**20  # what a load may take on top
WATCHED = (
    "open",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "subprocess.Popen",
    "socket.connect",
    "socket.getaddrinfo",
    "urllib.Request",
    "import",
    "exec",
    "compile",
    "ctypes.dlopen",
    "pickle.find_class",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.symlink",
    "shutil.rmtree",
    "tempfile.mkstemp",
    "tempfile.mkdtemp",
    "marshal.loads",
    "os.chmod",
    "os.truncate",
)
CODE = tuple(
    str(Path(p).resolve()) for p in (sys.prefix, sys.base_prefix, np.__file__, Path(saving.__file__).parent.parent) if p
)


class Guard:
    """Notes what is done while it is armed, but for the reading of the program's own code."""

    def __init__(self):
        self.allowed, self.seen = None, []
        sys.addaudithook(self)

    def __call__(self, event, args):
        if self.allowed is None or event not in WATCHED:
            return
        if not self._is_own(event, args):
            self.seen.append(f"{event} {str(args)[:200]}")

    def _is_own(self, event, args):
        if event == "import":
            return args[0].partition(".")[0] in OWN_PACKAGES
        if event == "exec":
            return args[0].co_filename.startswith((*CODE, "<frozen", "<string>", "<__array_function__"))
        if event == "compile":
            if args[1] == "<unknown>":  # ast.literal_eval, by which NumPy reads headers: it parses and runs nothing
                return any(name == "literal_eval" for name in _callers())
            return isinstance(args[1], (str, bytes)) and os.fsdecode(args[1]).startswith(CODE)
        if event == "marshal.loads":
            return sys._getframe(2).f_code.co_filename.startswith("<frozen")
        if event == "open":
            name = args[0] if isinstance(args[0], (str, bytes)) else ""
            return isinstance(args[0], int) or os.path.realpath(os.fsdecode(name)).startswith((*CODE, self.allowed))
        return False


OWN_PACKAGES = (
    "lamina",
    "numpy",
    "h5py",
    "json",
    "zipfile",
    "ml_dtypes",
    "encodings",
    "traceback",
    "copy",
    "inspect",
    "math",
)


def _callers():
    frame = sys._getframe(2)
    while frame is not None:
        yield frame.f_code.co_name
        frame = frame.f_back


class Watch:
    """Sees every opening of the files in a folder, by whomever (inotify)."""

    def __init__(self, *folders):
        self.libc = ctypes.CDLL(None)
        self.handle = self.libc.inotify_init1(os.O_NONBLOCK)
        for folder in folders:  # IN_OPEN | IN_CREATE | IN_DELETE | IN_MODIFY
            self.libc.inotify_add_watch(self.handle, os.fsencode(folder), 0x20 | 0x100 | 0x200 | 0x2)

    def seen(self):
        try:
            content = os.read(self.handle, 2**16)
        except BlockingIOError:
            return []
        found, place = [], 0
        while place < len(content):
            length = struct.unpack_from("iIII", content, place)[3]
            found.append(content[place + 16 : place + 16 + length].rstrip(b"\0").decode() or "the folder")
            place += 16 + length
        return found


def good_files(folder):
    models.Sequential([layers.Input((3,)), layers.Dense(2, name="dense")], name="net").save(folder / "keras.keras")
    x = layers.Input((3,), name="x")
    models.Model(x, layers.Dense(2, name="dense")(x), name="graph").save(folder / "graph.keras")
    compiled = net()
    compiled.compile("adam", "mse", metrics=["mae"])
    compiled.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    compiled.save(folder / "compiled.keras")
    compiled.save(folder / "h5.h5")
    words = layers.StringLookup(name="s")
    words.adapt(np.array(["a", "b"]))
    models.Sequential([layers.Input((1,), dtype="string"), words]).save(folder / "words.keras")
    write_state(str(folder / "state.zip"), {"a": np.arange(6.0), "b": (1, [2, "x"], {"c": np.float32(1)})})
    for path in sorted(folder.iterdir()):  # once well, so that all is loaded that is loaded at need
        read_state(str(path)) if path.suffix == ".zip" else models.load_model(path)
    for namespace in NAMESPACES:
        load_namespace(namespace)
    into = net()
    into.save_weights(folder / "w.weights.h5")
    into.load_weights(folder / "w.weights.h5")
    for ending in (".npz", ".safetensors") if importlib.util.find_spec("safetensors") else (".npz",):
        into.save_weights(folder / f"flat{ending}")
        into.load_weights(folder / f"flat{ending}")
    saving.KerasFileEditor(folder / "keras.keras")
    return {path.stem: path.read_bytes() for path in folder.iterdir()}


def state_of_the_house():
    """What a load that fails must leave as it was."""
    return {
        "handles": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
        "registered": sorted(saving.get_custom_objects()),
        "scopes": [reading_file(), sharing_scope()],
        "hdf5": len(h5py.h5f.get_obj_ids()),
        "folder": os.getcwd(),
        "environment": dict(os.environ),
    }


def peak():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))


def trial(case, folder, secret, temporary, good):
    """The faults of one case."""
    found = case.build(Lab(folder, secret, good))
    path, load = found if isinstance(found, tuple) else (found, models.load_model)
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before, start = state_of_the_house(), peak()
    watch = Watch(secret, temporary)
    before["handles"] += 1  # of the watch
    resource.setrlimit(resource.RLIMIT_AS, (now + ROOM, resource.RLIM_INFINITY))
    GUARD.seen, GUARD.allowed = [], str(folder.resolve())
    began = time.monotonic()
    try:
        load(path)
        faults = ["was loaded"]
    except ModelFileError as error:
        faults = told(error, path)
    except BaseException as error:
        faults = [f"{type(error).__name__} came out: {str(error)[:300]}"]
        del error
    seconds = time.monotonic() - began
    GUARD.allowed = None
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    faults += GUARD.seen + [f"touched {name}" for name in watch.seen()]
    if peak() - start > PEAK:
        faults.append(f"took {(peak() - start) >> 20} MB")
    if seconds > SECONDS:
        faults.append(f"took {seconds:.1f} s")
    after = state_of_the_house()
    faults += [f"left {key}: {before[key]} -> {after[key]}"[:300] for key in before if before[key] != after[key]]
    models.load_model(folder.parent / "good.keras")  # the house still works
    return faults


def told(error, path):
    """What the error does not say as it should, and whether it is only the limit of memory that stopped the load."""
    faults = []
    if error.file != str(path) or str(path) not in str(error) or not error.reason:
        faults.append(f"does not name the file: {str(error)[:200]}")
    cause = error
    while cause is not None:
        if isinstance(cause, MemoryError):
            faults.append("was stopped by the limit of memory alone")
        cause = cause.__cause__ or cause.__context__
    return faults


def apart(case, *arguments):
    """The trial in a child, whose end is waited for."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.alarm(4 * SECONDS)
        try:
            faults = trial(case, *arguments)
        except BaseException as error:
            faults = [f"the trial itself failed: {type(error).__name__} {error}"]
        os.write(writing, json.dumps(faults).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    _, status = os.waitpid(child, 0)
    return json.loads(content) if content else [f"the process ended with status {status}"]


def chosen(pattern, every):
    """The cases to try."""
    seen = collections.Counter()
    for case in ATTACKS.values():
        builder = case.name.partition("-")[0]
        if fnmatch.fnmatch(case.name, pattern) or fnmatch.fnmatch(case.family, pattern):
            if seen[builder] % every == 0:
                yield case
            seen[builder] += 1


def main(folder, pattern="*", every=1):
    folder = Path(folder).resolve()
    secret, temporary, made = folder / "secret", folder / "tmp", folder / "good"
    for place in (secret, temporary, made):
        place.mkdir()
    os.environ["TMPDIR"] = str(temporary)
    (secret / "words.txt").write_text("secret\n")
    (secret / "raw.bin").write_bytes(bytes(24))
    (secret / "secret.h5").write_bytes(h5(lambda f: f.__setitem__("x", np.ones((3, 2), "float32"))))
    (secret / "secret0.h5").write_bytes((secret / "secret.h5").read_bytes())
    good = good_files(made)
    (folder / "good.keras").write_bytes(good["keras"])
    for family in FAMILIES:
        importlib.import_module(family)
    bomb()
    results = []
    for number, case in enumerate(chosen(pattern, int(every))):
        own = folder / f"case{number}"
        own.mkdir()
        began = time.monotonic()
        faults = apart(case, own, secret, temporary, good)
        shutil.rmtree(own)
        seconds = round(time.monotonic() - began, 3)
        results.append({"name": case.name, "family": case.family, "faults": faults, "seconds": seconds})
    print(json.dumps(results))


GUARD = Guard()
if __name__ == "__main__":
    main(*sys.argv[1:])
