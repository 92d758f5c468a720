"""Which trainings count when Ctrl-C ends them, with two scales of a target."""

from types import SimpleNamespace

import pytest

from lamina.tables import _networks
from lamina.tables._networks import _trained


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
