"""Two columns that give the target away together, made by a rule, among others that do not."""

import numpy as np
import pytest

from lamina.tables._columns import describe_columns
from lamina.tables._pairs import pair_that_determines
from lamina.tables._suspicions import leaks
from lamina.tables._table import Table
from lamina.tables._target import describe_target

RNG = np.random.default_rng(4)
N = 600
A, B, C = RNG.uniform(1, 9, N), RNG.uniform(1, 9, N), RNG.uniform(1, 9, N)
NEAR = A + RNG.normal(0, 0.01, N)
LEFT, RIGHT, OTHER = (RNG.choice(["x", "y", "z"], N) for _ in range(3))
HIGH = RNG.integers(0, 30, N).astype("float64")

EXACT = {
    "a product": (A * B, {"a": A, "b": B}),
    "a quotient": (A / B, {"a": A, "b": B}),
    "a power and a product": (A**2 * np.sqrt(B), {"a": A, "b": B}),
    "a small difference of near numbers": (NEAR - A, {"a": A, "near": NEAR}),
    "texts that agree": (np.where(LEFT == RIGHT, "same", "other"), {"left": LEFT, "right": RIGHT}),
    "the larger one": (np.where(A > B, "yes", "no"), {"a": A, "b": B}),
    "a number for each pair of texts": (
        10.0 * np.unique(LEFT, return_inverse=True)[1] * np.unique(RIGHT, return_inverse=True)[1]
        + RNG.normal(0, 0.01, N),
        {"left": LEFT, "right": RIGHT},
    ),
    "a text and a number": (np.where((HIGH > 14) == (LEFT == "x"), "yes", "no"), {"left": LEFT, "high": HIGH}),
}
NOISE = {"c": C, "other": OTHER}


def found(truth, columns):
    table = Table("t.csv", {**NOISE, **columns, "y": truth})
    target, table, _ = describe_target(table, "y", "auto")
    return leaks(table, target, describe_columns(table, "y", {}, []))


@pytest.mark.parametrize("rule", list(EXACT))
def test_the_pair_is_named(rule):
    truth, pair = EXACT[rule]
    (said,) = found(truth, pair)
    first, second = pair
    assert said.startswith(f"{first!r} and {second!r} determine the target 'y' (nearly) exactly.")
    assert said.endswith(f"leave them out: --drop {first} --drop {second}.")


@pytest.mark.parametrize("rule", list(EXACT))
def test_one_of_the_pair_is_no_leak(rule):
    truth, pair = EXACT[rule]
    for gone in pair:
        assert found(truth, {name: values for name, values in pair.items() if name != gone}) == []


@pytest.mark.parametrize("rule", list(EXACT))
def test_a_rule_with_noise_is_no_leak(rule):
    truth, pair = EXACT[rule]
    moved = RNG.random(N) < 0.1
    assert found(np.where(moved, RNG.permutation(truth), truth), pair) == []


def test_small_groups_and_rare_classes_are_no_leak_by_accident():
    for _ in range(20):
        many = {f"c{i}": RNG.choice([*"abcdefghijklmnop"], N) for i in range(12)}
        rare = np.where(RNG.random(N) < 0.01, "rare", "usual")
        assert found(rare, many) == [] and found(RNG.choice(["u", "v"], N), many) == []
        assert found(RNG.normal(0, 1, N), many) == []


def test_large_tables_are_looked_at_in_part():
    a, b = RNG.uniform(1, 9, (2, 200_000))
    table = Table("t.csv", {"a": a, "b": b, "y": a * b})
    assert pair_that_determines(table, a * b, True, describe_columns(table, "y", {}, [])) == ["a", "b"]
