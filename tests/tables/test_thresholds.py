from dataclasses import replace

import numpy as np
import pytest

from lamina.tables._target import Target
from lamina.tables._thresholds import Thresholds, chosen_threshold, decision_sentence, f1_of

POSITIVE = np.array([1, 0, 1, 0, 0, 1, 0])
SHARES = np.array([0.9, 0.8, 0.8, 0.4, 0.3, 0.3, 0.1])


def test_every_threshold_does_what_counting_says():
    found = Thresholds(POSITIVE, SHARES)
    assert (np.diff(found.at) < 0).all() and len(found.at) == 6  # one for each different share, and one above all
    for i, at in enumerate(found.at[:-1]):
        taken = SHARES > at
        assert found.taken[i] == taken.sum() and found.found[i] == POSITIVE[taken].sum()
        assert found.recall[i] == POSITIVE[taken].sum() / 3 and found.false_share[i] == (1 - POSITIVE)[taken].sum() / 4
        if taken.any():
            precision = POSITIVE[taken].mean()
            assert found.precision[i] == precision
            both = precision + found.recall[i]
            np.testing.assert_allclose(found.f1[i], 2 * precision * found.recall[i] / both if both else 0)
    assert np.isnan(found.precision[0]) and found.recall[-1] == found.false_share[-1] == 1


def test_the_area_below_the_curve_is_the_share_of_pairs_in_order():
    found = Thresholds(POSITIVE, SHARES)
    pairs = SHARES[POSITIVE == 1][:, None] - SHARES[POSITIVE == 0]
    np.testing.assert_allclose(np.trapezoid(found.recall, found.false_share), ((pairs > 0) + (pairs == 0) / 2).mean())


@pytest.mark.parametrize("rare", ["no", "yes"])
def test_the_chosen_threshold_is_amid_those_of_nearly_the_largest_f1_of_the_rare_class(rare):
    rng = np.random.default_rng(1)
    is_rare = rng.random(400) < 0.08
    share = np.clip(rng.normal(0.1 + 0.25 * is_rare, 0.1), 0.001, 0.999)
    place = ["no", "yes"].index(rare)
    truth, outputs = (is_rare, share) if place else (~is_rare, 1 - share)
    target = Target("y", "two classes", ["no", "yes"], rare=rare)
    found = chosen_threshold(target, truth[:, None].astype("float32"), outputs[:, None])

    def f1(threshold):
        taken = (outputs > threshold) == bool(place)
        return 2 * (taken & is_rare).sum() / (taken.sum() + is_rare.sum())

    grid = np.linspace(0.0005, 0.9995, 20_000)
    scores = np.array([f1(t) for t in grid])
    near = grid[scores >= 0.97 * scores.max()]
    assert found == pytest.approx((near[0] + near[-1]) / 2, abs=0.02)
    assert f1(found) > f1(0.5) and f1(found) > 0.9 * scores.max()
    predicted = (outputs > found).astype(int)
    assert f1_of(target, truth.astype(int), predicted) == pytest.approx(f1(found))


def test_one_half_stays_where_nothing_is_rare_or_too_few_rows_are():
    truth, outputs = np.repeat([[1.0], [0.0]], [5, 95], axis=0), np.linspace(0.4, 0.1, 100)[:, None]
    target = Target("y", "two classes", ["no", "yes"])
    assert chosen_threshold(target, truth, outputs) == 0.5
    assert chosen_threshold(replace(target, rare="yes"), truth, outputs) == 0.5
    assert decision_sentence(target, 0.1, 0.2) is None
    assert "stays at one half" in decision_sentence(replace(target, rare="yes"), 0.1, 0.1)
    assert "from probability 0.2 on" in decision_sentence(replace(target, rare="yes", threshold=0.2), 0.1, 0.3)


def test_a_fit_of_a_rare_class_chooses_tells_and_keeps_its_threshold(tmp_path):
    import lamina
    from lamina.tables import load_table_model

    rng = np.random.default_rng(0)
    a = rng.normal(size=600)
    rows = {"a": a.round(3), "y": np.where(a + rng.normal(size=600) > 2.2, "yes", "no")}
    model = lamina.fit_table(rows, target="y", hidden=(), folds=3, verbose=False)
    threshold = model.target.threshold
    assert model.target.rare == "yes" and 0.05 < threshold < 0.5
    own = model.figures["logistic model"]
    assert own["F1 of 'yes'"] > 0.2 and model.figures["majority class"]["F1 of 'yes'"] == 0
    assert f"from probability {threshold:.3g} on" in model.summary["decision"]
    sizes = np.cumsum([len(one.test.table) for one in model.result.rounds])[:-1]
    by_fold = [
        ((outputs > t).sum(), ((outputs > t) & (truth > 0.5)).sum())
        for t, outputs, truth in zip(
            model.result.thresholds, np.split(model.result.outputs, sizes), np.split(model.result.truth, sizes)
        )
    ]  # each fold by the threshold that the others choose
    taken, right = np.sum(by_fold, axis=0)
    assert model.result.confusion[:, 1].sum() == taken and model.result.confusion[1, 1] == right
    assert len(set(model.result.thresholds)) == 3
    model.save(tmp_path / "m.keras")
    loaded = load_table_model(tmp_path / "m.keras")
    assert loaded.target.threshold == threshold
    expected = np.where(loaded.predict_proba(rows)[:, 1] > threshold, "yes", "no")
    assert (loaded.predict(rows) == expected).all() and (expected == "yes").sum() > 10
    model.report(tmp_path / "r.html")
    assert "Fewer than a tenth of the rows" in (tmp_path / "r.html").read_text()
