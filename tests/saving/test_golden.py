"""Files that old versions of Keras wrote themselves: they predict what those predicted, and training goes on as it went on there.

`scripts/make_golden_files.py` made them; `golden/README.md` says with which versions.
"""

from pathlib import Path

import h5py
import numpy as np
import pytest

from lamina import models, optimizers

GOLDEN = Path(__file__).with_name("golden")
FILES = sorted(p for p in GOLDEN.glob("keras-*/*") if p.suffix in (".h5", ".keras"))


def expected(path):
    with np.load(path.parent / "expected.npz") as file:
        known = {kind: file[f"{path.stem}/{kind}"] for kind in ("x", "y", "saved")}
        return known | {"trained": file[f"{path.name}/trained"]}


def trained(path, known, later=0):
    """What is predicted after three more steps, the count of the steps before being so much later."""
    model = models.load_model(path)
    if isinstance(model.optimizer, optimizers.RMSprop) and not path.parent.name.endswith("2.15.0"):
        model.optimizer.epsilon = model.optimizer.epsilon**2  # they added it to the root, not under it
    model.optimizer.iterations.assign_add(later)
    for _ in range(3):
        model.train_on_batch(known["x"], known["y"])
    return model.predict(known["x"], verbose=0)


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.name}")
def test_predicts_and_trains_on_as_the_version_did(path):
    known = expected(path)
    np.testing.assert_allclose(
        models.load_model(path).predict(known["x"], verbose=0), known["saved"], rtol=1e-5, atol=1e-6
    )
    assert np.abs(known["trained"] - known["saved"]).max() > 1e-2  # so that the steps show
    if path.parent.name not in ("keras-1.2.2", "keras-2.3.1"):
        np.testing.assert_allclose(trained(path, known), known["trained"], rtol=1e-4, atol=1e-5)
        return
    # On TensorFlow 1 a step may read weights and the count of steps before or after they change: no two runs are the same,
    # and what the version itself made of its file lay up to 0.025 from this.
    found = min((trained(path, known, later) for later in (0, 1)), key=lambda y: np.abs(y - known["trained"]).max())
    np.testing.assert_allclose(found, known["trained"], rtol=0, atol=0.025)


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.name}")
def test_weights_alone(path):
    known = expected(path)
    model = models.load_model(path, compile=False)
    before = model.get_weights()
    model.set_weights([w + 1 for w in before])
    model.load_weights(path)
    for one, two in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, two)
    np.testing.assert_allclose(model(known["x"]), known["saved"], rtol=1e-5, atol=1e-6)


def test_the_slots_are_those_of_the_file():
    """Keras 1 sorted the weights by name for them, and kept the gates of an LSTM apart."""
    path = GOLDEN / "keras-1.2.2" / "lstm.h5"
    with h5py.File(path) as file:
        group = file["optimizer_weights"]
        arrays = [np.asarray(group[name]) for name in group.attrs["weight_names"]]
    names = ["W", "b", *(f"{kind}_{gate}" for kind in "UWb" for gate in "cfio")]  # of the last layer, then of the LSTM
    of = dict(zip(names, arrays, strict=True))
    model = models.load_model(path)
    slots = [v.numpy() for own in model.optimizer.slots.values() for v in own if v is not None]
    wanted = [np.concatenate([of[f"{kind}_{gate}"] for gate in "ifco"], axis=-1) for kind in "WUb"]
    for one, two in zip(slots, [*wanted, of["W"], of["b"]], strict=True):
        np.testing.assert_array_equal(one, two)
    nested = models.load_model(GOLDEN / "keras-1.2.2" / "nested.h5")
    with h5py.File(GOLDEN / "keras-1.2.2" / "nested.h5") as file:
        group = file["optimizer_weights"]
        step, *arrays = (np.asarray(group[name]) for name in group.attrs["weight_names"])
    order = [2 * layer + kind for layer in (0, 2, 1) for kind in (0, 1)]  # inner, side, last; there inner, last, side
    first, second = (
        [v.numpy() for v in own] for own in nested.optimizer.slots.values() if any(v is not None for v in own)
    )
    assert nested.optimizer.iterations.numpy() == step == 3
    for found, start in ((first, 0), (second, 6)):
        for one, place in zip(found, order, strict=True):
            np.testing.assert_array_equal(one, arrays[start + place])


def test_there_are_files_of_the_versions_told():
    told = (GOLDEN / "README.md").read_text()
    folders = {p.parent.name for p in FILES}
    assert all(f"`{folder}`" in told for folder in folders)
    assert len(folders) >= 4 and all((GOLDEN / folder / "versions.json").exists() for folder in folders)
