"""What Ctrl-C breaks off, and when."""

import signal
import threading

import pytest

from lamina._interrupts import InterruptedOnce, Uninterrupted


@pytest.fixture(autouse=True)
def handler():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.signal(signal.SIGINT, before) is signal.default_int_handler


def press():
    signal.raise_signal(signal.SIGINT)


def test_a_block_is_finished_first():
    done = []
    with pytest.raises(KeyboardInterrupt), Uninterrupted():
        press()
        press()
        done.append(1)
    assert done == [1]


def test_an_outer_block_is_finished_too():
    done = []
    with pytest.raises(KeyboardInterrupt), Uninterrupted():
        with Uninterrupted():
            press()
        done.append(1)
    assert done == [1]


def test_a_block_that_hangs_has_an_end():
    done = []
    with pytest.raises(KeyboardInterrupt), Uninterrupted():
        for i in range(9):
            press()
            done.append(i)
    assert done == [0, 1, 2, 3]


def test_an_interrupt_is_told_before_an_error():
    with pytest.raises(KeyboardInterrupt) as caught, Uninterrupted():
        press()
        raise ValueError
    assert isinstance(caught.value.__context__, ValueError)
    with pytest.raises(ValueError), Uninterrupted():
        raise ValueError


def test_once_is_at_once_and_a_second_waits_for_what_follows():
    done = []
    with pytest.raises(KeyboardInterrupt), InterruptedOnce():
        try:
            press()
            done.append("after")
        finally:
            press()
            done.append("cleared")
    assert done == ["cleared"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("is_asked", [True, False])
def test_what_was_swallowed_is_raised_later(is_asked):
    class Swallows:
        def __del__(self):
            press()

    done = []
    with pytest.raises(KeyboardInterrupt), InterruptedOnce() as interrupts:
        Swallows()
        done.append("swallowed")
        if is_asked:
            interrupts.check()
            done.append("not asked")
    assert done == ["swallowed"]


def test_another_handler_is_asked():
    came = []
    signal.signal(signal.SIGINT, lambda *args: came.append(args[0]))
    try:
        with Uninterrupted():
            press()
            assert came == []
        assert came == [signal.SIGINT]
        with InterruptedOnce():
            press()
            press()
            assert came == [signal.SIGINT] * 3
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with Uninterrupted(), InterruptedOnce():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
            press()
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def test_other_threads_have_no_handlers():
    found = []

    def work():
        with Uninterrupted(), InterruptedOnce():
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler]
