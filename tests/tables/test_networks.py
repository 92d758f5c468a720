"""Which trainings count when Ctrl-C or the time ends them, with two scales of a target and several networks a fold."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import lamina
from lamina.tables import _networks, _settings
from lamina.tables._network import Shape
from lamina.tables._networks import Course, _trained, described
from lamina.tables._settings import Candidate, FitSettings


class Series:
    """Trainings of which one is interrupted: after an epoch ("within"), or before the first ("before")."""

    def __init__(self, folds, scales, place, how):
        self.folds, self.place, self.how = folds, place, how
        self.rounds = [SimpleNamespace(run=SimpleNamespace(cut="")) for _ in range(folds * scales)]

    def train(self, place):
        if place == self.place and self.how == "before":
            raise KeyboardInterrupt
        self.rounds[place].run.cut = "interrupted" if place == self.place else ""


@pytest.mark.parametrize(
    ("folds", "scales", "place", "how", "finished", "said"),
    [
        (3, 1, None, "", 3, None), (3, 2, None, "", 6, None),
        (3, 1, 1, "within", 2, "of the 2 folds begun"), (3, 1, 1, "before", 1, "of the 1 folds that were finished"),
        (3, 2, 4, "within", 4, "fitted on the number itself"), (3, 2, 5, "within", 5, "fitted on the number itself"),
        (3, 2, 3, "before", 3, "fitted on the number itself"), (1, 1, 0, "within", 1, "the best epoch so far"),
        (1, 2, 1, "within", 1, "fitted on the number itself"),
    ],
)  # fmt: skip
def test_what_is_left_of_the_trainings(monkeypatch, folds, scales, place, how, finished, said):
    monkeypatch.setattr(_networks, "_told", lambda one: "")
    warned = []
    say = SimpleNamespace(line=lambda text: None, warn=warned.append)
    assert _trained(Series(folds, scales, place, how), say) == (finished, said is not None)
    assert (said in warned[0]) if said else not warned


def test_nothing_is_left_of_an_interrupted_first_one():
    with pytest.raises(KeyboardInterrupt):
        _trained(Series(2, 1, 0, "before"), SimpleNamespace())


THREE = (
    Candidate(Shape((4,), 2, 3)), Candidate(Shape((4,), 2, 1, bins=4), rate=0.5), Candidate(Shape((6,), 2, 3), decay=2.0),
)  # fmt: skip
RNG = np.random.default_rng(0)
ROWS = {"a": RNG.normal(size=60).tolist(), "b": RNG.normal(size=60).tolist()}
ROWS["y"] = [abs(a) + b for a, b in zip(ROWS["a"], ROWS["b"])]
FIT = {"target": "y", "folds": 2, "epochs": 3, "verbose": False, "seed": 5}
NAMES = ["network", "network 2", "network 3"]


@pytest.fixture
def three(monkeypatch):
    """Three networks a fold."""
    normal = replace(_settings.EFFORTS["normal"], candidates=THREE)
    monkeypatch.setitem(_settings.EFFORTS, "normal", normal)


def outputs(model):
    return model.result.outputs.tobytes(), [w.tobytes() for w in model.model.get_weights()], model.summary


def killed_after(monkeypatch, trainings, error):
    """Has the training after so many end with an error."""
    done, train = [], _networks.Core.train

    def stopping(self, *args):
        if len(done) == trainings:
            raise error
        done.append(1)
        return train(self, *args)

    monkeypatch.setattr(_networks.Core, "train", stopping)
    return done


def test_every_network_is_trained_in_every_fold_with_its_own_step_size(three):
    model = lamina.fit_table(ROWS, **FIT)
    for one in model.result.rounds:
        assert list(one.networks) == NAMES and set(one.heads) == {"linear", *NAMES}
        rates = [one.networks[name].core.schedule.learning_rate for name in NAMES]
        decays = [one.networks[name].core.schedule.weight_decay for name in NAMES]
        np.testing.assert_allclose(rates, [0.008, 0.004, 0.008])
        np.testing.assert_allclose(decays, [0.2, 0.2, 0.4])
    assert len(model.result.heads) == 2 * len(model.result.chosen)
    assert "Beside it are trained: 4 bins a number, hidden 4, 0.5 times the step size" in model.summary["network"]


def test_a_search_goes_on_where_it_was_killed_and_ends_in_the_same_bits(three, tmp_path, monkeypatch):
    whole = outputs(lamina.fit_table(ROWS, **FIT))
    with monkeypatch.context() as patch:
        killed_after(patch, 3, RuntimeError("killed"))
        with pytest.raises(RuntimeError, match="killed"):
            lamina.fit_table(ROWS, **FIT, resume=tmp_path / "k")
    assert {p.name for p in (tmp_path / "k").iterdir()} == {"fit.txt", "fold-1.npz", "fold-2.npz", "fold-3.npz"}
    done = killed_after(monkeypatch, 3, RuntimeError("trained again what was kept"))
    assert outputs(lamina.fit_table(ROWS, **FIT, resume=tmp_path / "k")) == whole
    assert len(done) == 3


def test_an_interrupted_network_is_as_none(three, monkeypatch):
    killed_after(monkeypatch, 3, KeyboardInterrupt())
    model = lamina.fit_table(ROWS, **FIT)
    for one in model.result.rounds:
        assert list(one.networks) == ["network"]
        assert all(set(kept) == {"network", "linear"} for kept in (one.heads, one.validated, one.tested))
    assert model.result.interrupted
    assert "interrupted; what follows is of the first 1 of 3 networks a fold." in model.summary["cautions"]


def test_without_time_no_further_network_is_begun(three):
    model = lamina.fit_table(ROWS, **FIT, budget=1e-6)
    assert list(model.result.rounds[0].networks) == ["network"] and not model.result.interrupted
    assert "the time was over after 1 of 3 networks a fold." in model.summary["notes"]


def test_all_networks_but_the_last_get_half_of_the_time_that_is_left(three, monkeypatch):
    monkeypatch.setattr(_networks.time, "monotonic", lambda: 110.0)
    course = Course(FitSettings("y", budget=50.0), THREE, None, None, None, None, began=100.0)
    assert [course.end(n) for n in range(3)] == [130.0, 130.0, 150.0] and course.has_time()
    monkeypatch.setattr(_networks.time, "monotonic", lambda: 150.0)
    assert not course.has_time()
    assert replace(course, settings=FitSettings("y")).end(0) is None


def test_a_target_of_a_long_tail_has_further_networks_on_the_better_scale_only(three):
    sizes = [(7 * n % 40) / 8 for n in range(40)]
    rows = {"size": sizes, "y": [float(np.exp(size) * (1 + n % 3 / 20)) for n, size in enumerate(sizes)]}
    model = lamina.fit_table(rows, **FIT)
    assert any("logarithmic" in note for note in model.summary["notes"])
    for one in model.result.rounds:
        scales = {one.heads[name].target.log is None for name in NAMES}
        assert list(one.networks) == NAMES and len(scales) == 1


def test_given_units_are_those_of_all_networks_and_equal_ones_are_trained_once():
    tried = FitSettings("y", effort="best", hidden=(7,)).candidates
    assert {one.shape.hidden for one in tried} == {(7,)} and len(set(tried)) == len(tried)
    assert FitSettings("y", hidden=()).candidates == []


def test_how_a_network_differs_is_told():
    assert described(Candidate(Shape())) == "4 learned waves and lines a number, hidden 64 and 64"
    assert (
        described(Candidate(Shape((8,), embedding=1, bins=5), 0.5, 4.0))
        == "5 bins a number, hidden 8, 0.5 times the step size, 4 times the penalty"
    )
    assert described(Candidate(Shape(embedding=1))) == "1 input a number, hidden 64 and 64"
