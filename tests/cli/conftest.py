"""Tables made of a rule, and the commands run in this process."""

import click.testing
import numpy as np
import pytest


class Commands:
    """Runs `lamina ...` and gives what it printed."""

    def __init__(self):
        self.runner = click.testing.CliRunner()

    def __call__(self, *args, code=0):
        # The commands need pandas, which tests of the core do without.
        from lamina.cli._app import app

        result = self.runner.invoke(app, [str(a) for a in args])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    def fails(self, *args):
        """The one line on the standard error of a command that must end with exit code 2."""
        result = self(*args, code=2)
        lines = result.stderr.strip().splitlines()
        assert len(lines) == 1, result.stderr
        assert "Traceback" not in result.output
        return lines[0]


@pytest.fixture
def lamina():
    return Commands()


@pytest.fixture
def people():
    """120 made-up rows: a number, two categories, an order, gaps; `cost` follows from them by a rule."""
    rng = np.random.default_rng(3)
    n = 120
    age = rng.integers(20, 70, n)
    city = rng.choice(["Rom", "Paris", "Oslo"], n)
    size = rng.choice(["low", "mid", "high"], n)
    income = np.round(rng.normal(3000, 500, n), 1)
    level = np.array([{"low": 0, "mid": 1, "high": 2}[s] for s in size])
    effect = np.array([{"Rom": 0, "Paris": 30, "Oslo": 60}[c] for c in city])
    cost = np.round(2.0 * age + 40 * level + effect + rng.normal(0, 3, n), 2)
    shown = [f"{v}" if i % 7 else "" for i, v in enumerate(income)]
    return {
        "row": list(range(1, n + 1)), "age": list(age), "city": list(city), "size": list(size), "income": shown,
        "cost": list(cost), "dear": ["yes" if c > 170 else "no" for c in cost],
        "band": np.where(cost < 140, "cheap", np.where(cost < 200, "fair", "dear")).tolist(),
    }  # fmt: skip
