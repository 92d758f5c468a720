"""LLVM compiles for other processors than the one at hand; where it asserts, it ends the process, so a child tries."""

import platform
import subprocess
import sys

import numpy as np
import pytest

import lamina
from lamina import layers
from lamina.engines import native
from lamina.engines.native.machine import _vectors

pytest.importorskip("llvmlite")
pytestmark = pytest.mark.skipif(platform.machine().lower() not in ("x86_64", "amd64"), reason="names of x86 processors")
PROCESSORS = ["x86-64", "haswell", "skylake-avx512", "sapphirerapids", "znver2", "znver4", "znver5"]
TRY = """
import sys
from lamina.engines.native.machine import _library
_library._start()
for cpu in sys.argv[1].split(","):
    for path in sys.argv[2:]:
        print(cpu, path, flush=True)
        target = _library.llvm.Target.from_default_triple()
        for quick, opt in ((False, 2), (True, 0)):
            machine = target.create_target_machine(cpu=cpu, features="", opt=opt, jit=True)
            assert len(_library._compiled(open(path, encoding="utf-8").read(), machine, quick)) > 500
"""


def network():
    """A step of training with many kinds of calls, and with AUC, whose sums run backwards."""
    inputs = lamina.Input((8, 8, 2))
    x = layers.Conv2D(16, 3, strides=2, padding="same")(layers.Conv2D(32, 3, padding="same")(inputs))
    x = layers.MaxPooling2D()(layers.Conv2D(4, 3, activation="gelu")(x))
    x = layers.Dropout(0.2)(layers.BatchNormalization()(layers.Flatten()(x)))
    model = lamina.Model(inputs, layers.Dense(1, activation="sigmoid")(x))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy", lamina.metrics.AUC(num_thresholds=20)])
    rng = np.random.default_rng(0)
    model.fit(rng.random((32, 8, 8, 2)), rng.integers(0, 2, (32, 1)), batch_size=16, verbose=0)
    return [p for f in model._steps["train"][1]._programs.values() for made in f for p in made.plans]


def functions():
    x, y = np.random.default_rng(0).normal(size=(2, 3, 20)).astype("float32")
    some = (
        lambda x, y: (x + np.flip(y, 1), np.sum(np.flip(x) * y), np.flip(x)),
        lambda x, y: (np.cumsum(x, 1), np.argmax(x, 1), np.where(x > y, x, y), np.max(x, 0), x.T @ y),
    )
    compiled = [native.compile(f) for f in some]
    for function in compiled:
        function(x, y)
    return [plan for function in compiled for plan in function.plans]


@pytest.mark.usefixtures("with_machine_code")
def test_programs_are_compiled_for_all(tmp_path, monkeypatch):
    monkeypatch.setattr(_vectors, "has_avx512", lambda: True)
    texts = []
    for plan in [*functions(), *network()]:
        parts = [plan, *(tile for stage in plan.stages.values() for tile in getattr(stage, "plans", {}).values())]
        texts += [p.program.text for p in parts if p.program is not None and p.program.runs]
    assert len(texts) > 2
    assert all(any(sign in text for text in texts) for sign in ("vectorize.width", "<16 x float>"))
    paths = [tmp_path / f"{i}.ll" for i in range(len(texts))]
    for path, text in zip(paths, texts):
        path.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", TRY, ",".join(PROCESSORS), *paths], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout[-300:] + done.stderr[-1000:]
    assert len(done.stdout.splitlines()) == len(PROCESSORS) * len(paths)
