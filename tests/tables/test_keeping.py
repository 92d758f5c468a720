from dataclasses import replace

import numpy as np
import pytest

import lamina
from lamina.tables import TableError
from lamina.tables import _networks as networks
from lamina.tables._keeping import Keeping, Trained, key_of
from lamina.tables._rounds import NETWORK
from lamina.tables._training import Run

RNG = np.random.default_rng(0)
ROWS = {"a": RNG.normal(size=60).tolist(), "b": RNG.normal(size=60).tolist()}
ROWS["y"] = [2 * a + b * b for a, b in zip(ROWS["a"], ROWS["b"])]
FIT = dict(target="y", folds=3, epochs=4, effort="quick", verbose=False, seed=5)
RUN = Run(
    [np.arange(6.0).reshape(2, 3), np.ones(1, "float32")], {"loss": [1.0, 0.5], "val_loss": [2.0, 0.1]}, 2, 0.5, "time"
)
TRAINED = Trained(RUN, np.array([[0.5], [0.25]]), np.array([[0.125]]), {"train": {"step": 7}})


def test_a_training_comes_back_as_it_was(tmp_path):
    keeping = Keeping(str(tmp_path / "k"), "key")
    assert keeping.load(0) is None
    keeping.save(0, TRAINED)
    found = Keeping(str(tmp_path / "k"), "key").load(0)
    assert found.progress == TRAINED.progress
    np.testing.assert_array_equal(found.validated, TRAINED.validated)
    np.testing.assert_array_equal(found.tested, TRAINED.tested)
    back = found.run
    assert (back.history, back.best_epoch, back.seconds, back.cut) == (RUN.history, 2, 0.5, "time")
    for one, other in zip(back.weights, RUN.weights, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


def test_an_interrupted_training_is_not_kept(tmp_path):
    keeping = Keeping(str(tmp_path), "key")
    keeping.save(0, replace(TRAINED, run=replace(RUN, cut="interrupted")))
    assert keeping.load(0) is None


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04rubbish", None])
def test_a_damaged_record_is_as_none(tmp_path, damage):
    keeping = Keeping(str(tmp_path), "key")
    keeping.save(0, TRAINED)
    path = tmp_path / "fold-1.npz"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert keeping.load(0) is None


def test_another_fit_is_refused(tmp_path):
    Keeping(str(tmp_path), "one")
    with pytest.raises(TableError, match="unfinished fit of another table"):
        Keeping(str(tmp_path), "other")


def test_without_a_folder_nothing_is_kept():
    keeping = Keeping(None, "key")
    keeping.save(0, TRAINED)
    assert keeping.load(0) is None and keeping.within(0, 10**6) == []


def test_keys_differ_by_arrays_and_settings():
    one, other = np.zeros((2, 3)), np.zeros((3, 2))
    assert key_of([one], 1) == key_of([one.copy()], 1)
    assert (
        len({key_of(*case) for case in (([one], 1), ([other], 1), ([one], 2), ([one + 1e-9], 1), ([one, one], 1))}) == 5
    )


def outputs(model):
    """All that must be the same; where machine code takes over, too, which a training of a few steps does not come to."""
    weights = [w.tobytes() for w in model.model.get_weights()]
    return (
        model.result.outputs.tobytes(),
        weights,
        model.summary,
        model.result.rounds[-1].networks[NETWORK].core.progress(),
    )


def test_a_fit_goes_on_between_folds_and_ends_in_the_same_bits(tmp_path, monkeypatch):
    whole = outputs(lamina.fit_table(ROWS, **FIT))
    trained = []
    train = networks.Core.train

    def stopping(self, *args):
        if len(trained) == 2:
            raise RuntimeError("killed")
        trained.append(1)
        return train(self, *args)

    monkeypatch.setattr(networks.Core, "train", stopping)
    with pytest.raises(RuntimeError, match="killed"):
        lamina.fit_table(ROWS, **FIT, resume=tmp_path / "k")
    assert {p.name for p in (tmp_path / "k").iterdir()} == {"fit.txt", "fold-1.npz", "fold-2.npz"}
    trained[:] = [1]  # one more, the third, may be trained
    assert outputs(lamina.fit_table(ROWS, **FIT, resume=tmp_path / "k")) == whole
    with pytest.raises(TableError, match="another table, other options"):
        lamina.fit_table(ROWS, **{**FIT, "seed": 6}, resume=tmp_path / "k")
    changed = {**ROWS, "a": [ROWS["a"][0] + 1e-3, *ROWS["a"][1:]]}
    with pytest.raises(TableError, match="another table, other options"):
        lamina.fit_table(changed, **FIT, resume=tmp_path / "k")


def test_a_fit_on_two_scales_goes_on_and_ends_in_the_same_bits(tmp_path, monkeypatch):
    """Of a target with a long tail each fold is trained on its own scale and on a logarithmic one."""
    sizes = [(7 * n % 40) / 8 for n in range(40)]
    rows = {"size": sizes, "price": [float(np.exp(size) * (1 + n % 3 / 20)) for n, size in enumerate(sizes)]}
    options = {"target": "price", "folds": 2, "epochs": 2, "effort": "quick", "verbose": False}
    whole = outputs(lamina.fit_table(rows, **options))
    trained, train = [], networks.Core.train

    def stopping(self, *args):
        if len(trained) == 3:
            raise RuntimeError("killed")
        trained.append(1)
        return train(self, *args)

    monkeypatch.setattr(networks.Core, "train", stopping)
    with pytest.raises(RuntimeError, match="killed"):
        lamina.fit_table(rows, **options, resume=tmp_path / "k")
    assert {p.name for p in (tmp_path / "k").iterdir()} == {"fit.txt", "fold-1.npz", "fold-2.npz", "fold-3.npz"}
    trained[:] = [1, 1]  # one more, the fourth, may be trained
    assert outputs(lamina.fit_table(rows, **options, resume=tmp_path / "k")) == whole


def test_a_fit_goes_on_within_a_long_training(tmp_path, monkeypatch):
    monkeypatch.setattr("lamina.tables._keeping._LONG", 10)
    options = {**FIT, "folds": 0, "epochs": 6}
    whole = outputs(lamina.fit_table(ROWS, **options))
    rate, epochs = networks.Core._rate, []

    def stopping(self, epoch):
        epochs.append(epoch)
        if len(epochs) == 4:
            raise RuntimeError("killed")
        return rate(self, epoch)

    monkeypatch.setattr(networks.Core, "_rate", stopping)
    with pytest.raises(RuntimeError, match="killed"):
        lamina.fit_table(ROWS, **options, resume=tmp_path / "k")
    assert outputs(lamina.fit_table(ROWS, **options, resume=tmp_path / "k")) == whole
    assert epochs == [0, 1, 2, 3, 3, 4, 5]
