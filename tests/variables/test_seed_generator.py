"""Seeds: states that advance, and programs that repeat themselves."""

import random as python_random

import numpy as np
import pytest

from lamina import initializers, ops, random
from lamina.engines import engine
from lamina.variables import SeedGenerator, StateScope, global_seed_generator, host_generator, set_random_seed


def test_state_advances():
    generator = SeedGenerator(7)
    assert [generator.next().tolist() for _ in range(3)] == [[7, 0], [7, 1], [7, 2]]
    assert generator.state.dtype == "uint32"
    assert not generator.state.trainable
    assert SeedGenerator.from_config(generator.get_config()).next().tolist() == [7, 0]


def test_a_state_handed_out_stays():
    generator = SeedGenerator(7)
    first = generator.next()
    generator.next()
    assert first.tolist() == [7, 0]


def test_draws_in_a_compiled_step_differ_and_repeat():
    generator = SeedGenerator(5)

    def step(state):
        with StateScope({generator.state: state}) as scope:
            draw = random.normal((4,), seed=generator)
        return scope[generator.state], draw

    compiled = engine.compile(step)
    state, first = compiled(generator.state.numpy())
    state, second = compiled(state)
    assert state.tolist() == [5, 2]
    assert (first != second).all()
    np.testing.assert_allclose(first, random.normal((4,), seed=SeedGenerator(5)), rtol=1e-6)


def test_set_random_seed_repeats_everything():
    def draws():
        set_random_seed(12)
        return [
            python_random.random(), np.random.rand(), random.uniform((2,)).tolist(), random.uniform((2,)).tolist(),
            initializers.GlorotUniform()((2, 2)).tolist(), SeedGenerator().next().tolist(),
        ]  # fmt: skip

    first = draws()
    assert draws() == first
    assert first[2] != first[3]
    assert global_seed_generator().state.numpy().tolist() == [12, 2]


def test_without_seed_draws_differ():
    assert SeedGenerator().next().tolist() != SeedGenerator().next().tolist()
    assert (host_generator().random(3) != host_generator().random(3)).all()
    assert (host_generator(3).random(3) == host_generator(3).random(3)).all()


@pytest.mark.parametrize("seed", [-1, 1.5, "a", True])
def test_bad_seeds(seed):
    with pytest.raises(ValueError, match="seed"):
        SeedGenerator(seed)
    with pytest.raises(ValueError, match="seed"):
        set_random_seed(seed)


def test_pythons_seed_fixes_default_seeds_and_numpys_stream_is_left_alone():
    def draws():
        kernel = initializers.GlorotUniform()((3, 2))
        return [*np.ravel(ops.convert_to_numpy(kernel)), SeedGenerator().get_config()["seed"]]

    np.random.seed(3)
    want = np.random.random(2)
    np.random.seed(3)
    first = np.random.random()
    python_random.seed(11)
    before = draws()
    python_random.seed(11)
    assert draws() == before != draws()
    assert [first, np.random.random()] == list(want)


def test_names():
    assert SeedGenerator(1, name="mine").name == "mine"
    assert SeedGenerator(1, name="mine").state.name == "mine_state"
    assert SeedGenerator(1).name.startswith("seed_generator")
