import numpy as np
import pytest

from lamina.tables import _linear
from lamina.tables._linear import fit_logistic, fit_ridge, minimize, times

rng = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(40, 6), (12, 30)])
def test_ridge_is_the_solution_with_the_least_leave_one_out_error(shape):
    x = rng.normal(size=shape)
    y = x[:, 0] * 2 + rng.normal(size=shape[0])

    def solved(x, y, penalty):
        means, mean = x.mean(0), y.mean()
        c = x - means
        kernel = np.linalg.solve(c.T @ c + penalty * np.eye(x.shape[1]), c.T @ (y - mean))
        return kernel, mean - means @ kernel

    def error(penalty):
        c = x - x.mean(0)
        hat = c @ np.linalg.solve(c.T @ c + penalty * np.eye(shape[1]), c.T) + 1 / len(y)
        return np.square((y - hat @ y) / (1 - np.diag(hat))).mean()

    best = min(_linear._PENALTIES, key=error)
    kernel, bias = fit_ridge(x, y)
    expected = solved(x, y, best)
    np.testing.assert_allclose(kernel[:, 0], expected[0], rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(bias, [expected[1]], rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("shape", [(50, 7), (12, 30)])
def test_parts_of_the_rows_give_what_all_give(monkeypatch, shape):
    x, y = rng.normal(size=shape).astype("float32"), rng.normal(size=shape[0])
    classes = np.eye(2)[(y > 0).astype(int)]
    whole = *fit_ridge(x, y), *fit_logistic(x, classes, x, classes), times(x, x.T)
    monkeypatch.setattr(_linear, "_VALUES", 40)
    parts = *fit_ridge(x, y), *fit_logistic(x, classes, x, classes), times(x, x.T)
    for one, other in zip(parts, whole, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-8)


def test_wide_tables_are_held_back():
    x = rng.normal(size=(150, 200))
    y = x @ rng.normal(size=200) + 5 * rng.normal(size=150)
    kernel, bias = fit_ridge(x[:100], y[:100])
    assert np.mean((x[100:] @ kernel[:, 0] + bias - y[100:]) ** 2) < np.var(y[100:])


def test_the_gradient_of_the_logistic_model_vanishes(monkeypatch):
    monkeypatch.setattr(_linear, "_PRECISIONS", np.array([1.0]))
    x, y = rng.normal(size=(60, 3)), np.eye(3)[rng.integers(0, 3, 60)]
    kernel, bias = fit_logistic(x, y, x, y)
    raised = np.exp(x @ kernel + bias)
    wrong = raised / raised.sum(1, keepdims=True) - y
    np.testing.assert_allclose(x.T @ wrong + kernel, 0, atol=0.05)
    np.testing.assert_allclose(wrong.sum(0), 0, atol=0.05)


def test_a_penalty_is_not_left_to_a_few_rows(monkeypatch):
    """Of 70 rows 10 are for validation: which penalty suits them is chance, and all rows together tell more."""
    losses = {0: [], 200: []}
    for seed in range(12):
        draws = np.random.default_rng(seed)
        x = draws.normal(size=(1200, 12))
        y = np.eye(2)[(x[:, 0] + 1.5 * draws.normal(size=1200) > 0).astype(int)]
        for few, found in losses.items():
            monkeypatch.setattr(_linear, "_FEW", few)
            kernel, bias = fit_logistic(x[:60], y[:60], x[60:70], y[60:70])
            found.append(_linear._loss_of(np.vstack([kernel, bias]), x[200:], y[200:]))
    assert np.mean(losses[200]) < 0.98 * np.mean(losses[0])


def test_minimize_finds_the_bottom_of_a_valley():
    def rosenbrock(p):
        a, b = p
        return (1 - a) ** 2 + 100 * (b - a * a) ** 2, np.array(
            [-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)]
        )

    np.testing.assert_allclose(minimize(rosenbrock, np.array([-1.0, 1.0]), most=300), [1, 1], atol=1e-2)
