"""Same seed, same bits: asked for, and kept in another process and on other numbers of threads."""

import os
import subprocess
import sys
import textwrap

import pytest

from lamina import config

PROGRAM = """
import hashlib, sys
import numpy as np
import lamina
from lamina import layers
lamina.config.enable_determinism()
if len(sys.argv) > 1:
    lamina.config.set_num_threads(int(sys.argv[1]))
lamina.utils.set_random_seed(7)
rng = np.random.default_rng(0)
x, y = rng.normal(size=(256, 12)).astype("float32"), rng.integers(0, 3, 256)
model = lamina.Sequential([
    layers.Input((12,)), layers.GaussianNoise(0.1), layers.Dense(64, "relu"), layers.BatchNormalization(), layers.Dropout(0.3),
    layers.Dense(3),
])
model.compile("adam", lamina.losses.SparseCategoricalCrossentropy(from_logits=True))
history = model.fit(x, y, batch_size=32, epochs=3, validation_split=0.2, verbose=0).history
digest = hashlib.sha256(b"".join(np.ascontiguousarray(w).tobytes() for w in model.get_weights()))
digest.update(repr(sorted(history.items())).encode())
print(digest.hexdigest())
"""


def digest(*arguments, **environment):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_same_bits_in_every_process():
    first = digest()
    assert len(first) == 65 and digest(PYTHONHASHSEED="3") == first


RESUMED = """
import hashlib, os, sys
import numpy as np
import lamina
from lamina import layers
lamina.config.enable_determinism()
folder, is_killed = sys.argv[1], sys.argv[2] == "killed"
lamina.utils.set_random_seed(7)
rng = np.random.default_rng(0)
images, words = rng.random((96, 8, 8, 2), "float32"), rng.integers(0, 9, (96, 5))
image, text = layers.Input((8, 8, 2)), layers.Input((5,), dtype="int32")
x = layers.MaxPooling2D()(layers.Conv2D(4, 3, activation="relu")(layers.RandomFlip()(image)))
x = layers.BatchNormalization()(layers.UpSampling2D()(layers.AveragePooling2D()(x)))
h = layers.Bidirectional(layers.GRU(3))(layers.Embedding(9, 4)(text))
h = layers.Concatenate()([layers.Flatten()(x), h, layers.Flatten()(layers.LayerNormalization()(layers.Embedding(9, 2)(text)))])
model = lamina.Model([image, text], layers.Dense(3)(layers.Dropout(0.3)(h)))
model.compile("adam", lamina.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])

class Ends(lamina.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if is_killed and int(self.model.optimizer.iterations) == 17:
            os._exit(9)  # between two states

history = model.fit(
    [images, words], rng.integers(0, 3, 96), batch_size=8, epochs=3, validation_split=0.2, verbose=0,
    callbacks=[Ends(), lamina.callbacks.BackupAndRestore(folder, save_freq=4, delete_checkpoint=False)],
).history
digest = hashlib.sha256(b"".join(np.ascontiguousarray(w).tobytes() for w in model.get_weights()))
digest.update(repr(sorted(history.items())).encode())
print(digest.hexdigest())
"""


def test_the_same_bits_in_a_run_that_is_gone_on_with(tmp_path):
    def run(folder, how, code=0):
        words = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(RESUMED), str(tmp_path / folder), how]
        done = subprocess.run(words, capture_output=True, text=True)
        assert done.returncode == code, done.stderr
        return done.stdout

    whole = run("whole", "lives")
    assert run("broken", "killed", 9) == ""
    assert any((tmp_path / "broken").glob("state-*"))
    assert run("broken", "lives") == whole and len(whole) == 65


@pytest.mark.native_only("how others share work out is theirs")
def test_the_same_bits_on_every_number_of_threads():
    assert digest("1") == digest("2") == digest("4")


@pytest.mark.skipif(os.environ["LAMINA_ENGINE"] != "torch", reason="about torch")
def test_torch_is_told():
    import torch

    config.enable_determinism()
    try:
        assert torch.are_deterministic_algorithms_enabled()
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    finally:
        torch.use_deterministic_algorithms(False)


@pytest.mark.skipif(os.environ["LAMINA_ENGINE"] != "jax", reason="about jax")
def test_xla_is_told_once(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=false")
    config.enable_determinism()
    config.enable_determinism()
    assert os.environ["XLA_FLAGS"] == "--xla_cpu_enable_fast_math=false --xla_gpu_deterministic_ops=true"
