"""A program goes over to machine code after a number of steps that is known beforehand, and nothing else tells when."""

import os
import threading

import numpy as np
import pytest

from lamina.engines import native
from lamina.engines.native import _compile, _succession
from lamina.engines.native.machine import _switch
from lamina.engines.native.primitives._lstm import lstm

pytest.importorskip("llvmlite")
START = np.linspace(0, 1, 5, dtype="float32")


@pytest.fixture(autouse=True)
def after(monkeypatch):
    """Programs go over after 8 steps, compiled well."""
    monkeypatch.setattr(_switch, "_chosen", [_switch.Machine.LATER])
    monkeypatch.setattr(_compile, "hand_over", lambda graph: 8)
    monkeypatch.setattr(_compile, "is_light", lambda graph: False)


def make(progress=None):
    def step(state, row):
        new = np.tanh(state * 1.1 + np.exp(-row))
        return new, np.sum(new)

    return native.compile(step, donate=(0,), progress=progress)


def is_machine_code(function):
    (plan,) = function.plans
    return plan.program is not None


ROWS = np.random.default_rng(0).normal(size=(20, 1)).astype("float32")


def called(function, rows, state=None):
    """State and sums after a call for each row."""
    state, sums = START.copy() if state is None else state, []
    for row in rows:
        state, total = function(state, row)
        sums.append(float(total))
    return np.asarray(state), sums


def test_calls_and_loops_go_over_at_the_same_step():
    by_call, by_loop, in_pieces = make(), make(), make()
    state, sums = called(by_call, ROWS)
    looped, last = by_loop.loop(START.copy(), rows=ROWS)
    assert is_machine_code(by_call) and is_machine_code(by_loop)
    assert np.asarray(looped).tobytes() == state.tobytes() and float(last) == sums[-1]
    pieces, other, stacked = START.copy(), [], None
    for start, stop in ((0, 5), (5, 9), (9, 20)):
        pieces, stacked = in_pieces.loop(pieces, rows=ROWS, start=start, stop=stop, collect=True)
        other += np.asarray(stacked).tolist()
    assert np.asarray(pieces).tobytes() == state.tobytes() and other == sums


def test_before_it_is_numpy_and_after_it_machine_code(monkeypatch):
    function = make()
    before, first = called(function, ROWS[:8])
    before = before.copy()
    assert not is_machine_code(function)
    after, last = called(function, ROWS[8:], before.copy())
    assert is_machine_code(function)
    monkeypatch.setattr(_compile, "hand_over", lambda graph: 10**9)
    plain = make()
    half, sums = called(plain, ROWS[:8])
    assert half.tobytes() == before.tobytes() and sums == first
    half, sums = called(plain, ROWS[8:], half)
    np.testing.assert_allclose(after, half, rtol=1e-6)
    np.testing.assert_allclose(last, sums, rtol=1e-6)


def test_at_once(monkeypatch):
    monkeypatch.setattr(_switch, "_chosen", [_switch.Machine.AT_ONCE])
    function = make()
    called(function, ROWS[:1])
    assert is_machine_code(function)


def test_a_run_that_is_gone_on_with_goes_over_at_the_same_step():
    whole, _ = called(make(), ROWS)
    for stop in (3, 8, 12):
        progress = {}
        half, _ = called(make(progress), ROWS[:stop])
        assert list(progress.values()) == [stop]
        rest, _ = called(make(dict(progress)), ROWS[stop:], half)
        assert rest.tobytes() == whole.tobytes()


def test_the_compiler_works_in_a_thread_and_is_waited_for(monkeypatch):
    begun, works, go_on = [], threading.Event(), threading.Event()
    compile_plan = _succession.Plan.compile

    def slow(plan):
        begun.append(threading.current_thread().name)
        works.set()
        assert go_on.wait(60)
        compile_plan(plan)

    monkeypatch.setattr(_succession.Plan, "compile", slow)
    function = make()
    state, _ = called(function, ROWS[:1])
    assert not begun
    state, _ = called(function, ROWS[1:8], state)
    assert works.wait(60) and begun == ["lamina-compiler"] and not is_machine_code(function)
    threading.Timer(0.05, go_on.set).start()
    called(function, ROWS[8:9], state)
    assert is_machine_code(function) and go_on.is_set()


def test_a_light_program_is_translated_on_the_spot(monkeypatch):
    monkeypatch.setattr(_compile, "is_light", _succession.is_light)
    began = []
    compile_plan = _succession.Plan.compile
    monkeypatch.setattr(
        _succession.Plan, "compile", lambda plan: began.append(threading.current_thread()) or compile_plan(plan)
    )
    by_call, by_loop = make(), make()
    state, _ = called(by_call, ROWS[:8])
    assert not began and not is_machine_code(by_call)
    state, more = called(by_call, ROWS[8:], state)
    assert began == [threading.current_thread()]
    (plan,) = by_call.plans
    assert plan.program.quick
    looped, last = by_loop.loop(START.copy(), rows=ROWS)
    assert np.asarray(looped).tobytes() == state.tobytes() and float(last) == more[-1]
    progress = {}
    half, _ = called(make(progress), ROWS[:12])
    gone_on = make(progress)
    rest, _ = called(gone_on, ROWS[12:], half)
    assert rest.tobytes() == state.tobytes() and gone_on.plans[0].program.quick


def test_at_once_is_compiled_well(monkeypatch):
    monkeypatch.setattr(_switch, "_chosen", [_switch.Machine.AT_ONCE])
    monkeypatch.setattr(_compile, "is_light", _succession.is_light)
    function = make()
    called(function, ROWS[:1])
    assert not function.plans[0].program.quick


def begun_by(rows, stop, monkeypatch):
    """How many compilers begin when these rows are known of and the first few are run."""
    begun = []
    monkeypatch.setattr(_succession.Plan, "compile", lambda plan: begun.append(plan))
    function = make()
    function.loop(START.copy(), rows=rows, start=0, stop=stop)
    for thread in threading.enumerate():
        if thread.name == "lamina-compiler":
            thread.join()
    assert not is_machine_code(function)
    return len(begun)


def test_a_short_run_asks_no_compiler(monkeypatch):
    assert begun_by(ROWS[:7], 1, monkeypatch) == 0


def test_where_enough_steps_are_sure_to_come_the_compiler_begins_at_once(monkeypatch):
    assert begun_by(ROWS[:8], 1, monkeypatch) == 1


@pytest.mark.filterwarnings("ignore:No machine code")
def test_what_cannot_be_compiled_goes_on_as_it_was(monkeypatch):
    def broken(plan):
        raise RuntimeError("no such instruction")

    said = []
    monkeypatch.setattr(_succession.Plan, "compile", broken)
    monkeypatch.setattr(_succession.warnings, "warn", lambda message, *a, **k: said.append(message))
    function = make()
    state, _ = called(function, ROWS)
    assert said == ["No machine code could be made, NumPy's calls go on: no such instruction"]
    assert not is_machine_code(function)
    monkeypatch.setattr(_compile, "hand_over", lambda graph: 10**9)
    assert state.tobytes() == called(make(), ROWS)[0].tobytes()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork")
def test_a_forked_child_goes_over_too():
    function = make()
    state, _ = called(function, ROWS[:4])  # the compiler is at work
    child = os.fork()
    if not child:
        try:
            called(function, ROWS[4:], state.copy())
            os._exit(0 if is_machine_code(function) else 1)
        except BaseException:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0


def test_estimates_tell_small_programs_from_large_ones():
    def after(size):
        graph, _, _ = _compile.traced_graph(
            lambda x: np.tanh(x @ x), [_compile.Spec((size, size), np.dtype("float32"))]
        )
        return _succession.hand_over(graph)

    assert after(20) > 1000 > after(512) >= 1


@pytest.mark.parametrize("size, light", [(2, True), (20, False), (200, False)])
def test_a_program_of_a_few_numbers_is_light_and_goes_over_soon(size, light):
    graph, _, _ = _compile.traced_graph(lambda x: np.tanh(x @ x), [_compile.Spec((size, size), np.dtype("float32"))])
    assert _succession.is_light(graph) == light
    wide, _, _ = _compile.traced_graph(lambda x: np.tanh(x @ x), [_compile.Spec((20, 20), np.dtype("float32"))])
    assert not light or 3 * _succession.hand_over(graph) < _succession.hand_over(wide)


def test_a_long_sequence_is_no_more_to_compile_than_a_short_one():
    """Its steps are one loop: it earns the compiler sooner, the longer it is."""

    def after(steps):
        shapes = [(64, steps, 32), (64, 64), (64, 64), (32, 256), (64, 256), (256,)]
        graph, _, _ = _compile.traced_graph(
            lambda *a: lstm(*a, reverse=False, sequences=False)[0],
            [_compile.Spec(s, np.dtype("float32")) for s in shapes],
        )
        return _succession.hand_over(graph)

    assert after(50) > after(100) > after(1000) >= 1


def test_what_joins_the_loops_of_others_is_less_to_compile():
    def after(function):
        def many(x):
            for _ in range(20):
                x = function(x)
            return x

        graph, _, _ = _compile.traced_graph(many, [_compile.Spec((64, 64), np.dtype("float32"))])
        return _succession.hand_over(graph)

    assert after(np.tanh) < after(lambda x: np.cumsum(x, axis=0))
