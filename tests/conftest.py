"""All tests run on the engine that LAMINA_ENGINE names, native by default.

`tests/engines/<name>/` is about one engine and runs only on it. A test elsewhere that only the native engine can pass says so:
`@pytest.mark.native_only("why")`.

LAMINA_TEST_EVERY=3 keeps of each parametrized test every third case, the first among them: what holds on the native engine
in every case is worth a sample on another, where each new shape costs a compilation.
"""

import collections
import http.server
import importlib.util
import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

os.environ.setdefault("LAMINA_ENGINE", "native")  # not KERAS_BACKEND, which chooses the peer
os.environ.setdefault("LAMINA_CACHE", "0")  # machine code is judged as it is made here
ENGINE = os.environ["LAMINA_ENGINE"]
ABOUT_ENGINES = Path(__file__).parent / "engines"
EVERY = int(os.environ.get("LAMINA_TEST_EVERY", "1"))


@pytest.fixture(scope="session", autouse=True)
def tiny_tiles():
    """With LAMINA_TEST_TILES=1 every compiled program of the native engine is cut into tiles, however small it is."""
    if os.environ.get("LAMINA_TEST_TILES", "0") == "1" and ENGINE == "native":
        from lamina.engines.native.passes import _stages

        _stages.MIN_SECONDS, _stages.MIN_CALL_SECONDS = 0, 0
        _stages.TILE_BYTES, _stages.BYTES_A_CALL, _stages.MAX_TILES = 1, 0, 4
        _stages.COMPILED_TILE_BYTES, _stages.BYTES_A_SUM, _stages.FEWEST_ROWS = 1, 0, 0


@pytest.fixture(scope="session", autouse=True)
def judges():
    """Every program of the native engine is checked after each pass, and compared with its plain evaluation."""
    if ENGINE != "native" or os.environ.get("LAMINA_TEST_JUDGES", "1") == "0":
        yield
        return
    spec = importlib.util.spec_from_file_location("judges", ABOUT_ENGINES / "native" / "judges.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with pytest.MonkeyPatch.context() as patch:
        module.judge(patch)
        yield


@pytest.fixture(scope="session")
def engine_name():
    """The name of the engine that the tests run on."""
    return ENGINE


@pytest.fixture
def write_table(tmp_path):
    """Writes a dict of columns to a CSV file."""

    def write(columns, name="table.csv", delimiter=","):
        path = tmp_path / name
        rows = [delimiter.join(columns), *(delimiter.join(map(str, row)) for row in zip(*columns.values()))]
        path.write_text("\n".join(rows) + "\n")
        return path

    return write


@pytest.fixture
def web(tmp_path):
    """The address of a server on this machine that serves the files of `tmp_path`."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(tmp_path))

        def log_message(self, *args): ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.fixture
def pressed():
    """Calls a function while Ctrl-C is pressed, so many times, after so many seconds or as soon as `when()` is true; returns
    for how many seconds it went on after that, None if it had ended before. The handler must be the one of before."""

    def press(function, after=0.0, times=1, when=lambda: True):
        at, ended = [], threading.Event()

        def work():
            time.sleep(after)
            while not when() and not ended.is_set():
                time.sleep(0.001)
            at.append(time.perf_counter())
            for _ in range(times):
                if not ended.is_set():
                    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
                    time.sleep(0.001)

        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        # A second Ctrl-C would break off what tells of a file that the first left open.
        hook, sys.unraisablehook = sys.unraisablehook, lambda unraisable: None
        thread = threading.Thread(target=work)
        found = None
        try:
            thread.start()
            function()
        except KeyboardInterrupt:
            found = time.perf_counter() - at[0]
        finally:
            is_as_before = signal.signal(signal.SIGINT, signal.SIG_IGN) is signal.default_int_handler
            ended.set()
            thread.join()
            signal.signal(signal.SIGINT, before)
            sys.unraisablehook = hook
        assert is_as_before
        return found

    return press


# Tests of how things work, on programs that are absurd as trainings: targets that are the inputs, linear layers one after the
# other, validation on the training data. All other tests, examples and pages run with what `fit` finds as an error.
NO_ADVICE = (
    "applications", "data", "distillation", "engines", "layers", "models", "optimizers", "saving", "test_fuzz", "training",
    "wrappers",
)  # fmt: skip


@pytest.fixture(autouse=True)
def advice(request):
    """What `compile` and `fit` find wrong with a network is an error, but where programs are absurd on purpose."""
    from lamina import config

    part = request.path.relative_to(Path(__file__).parent).parts[0].removesuffix(".py")
    before = config.diagnosis()
    config.set_diagnosis("off" if part in NO_ADVICE and "_diagnosing" not in request.path.parts else before)
    yield
    config.set_diagnosis(before)


@pytest.fixture(autouse=True)
def names_beside_keras(request):
    """Beside real Keras both number layers and metrics from the start, whatever was made before."""
    if request.node.get_closest_marker("peer"):
        keras = pytest.importorskip("keras")
        from lamina.utils import clear_session

        keras.utils.clear_session(free_memory=False)
        clear_session(free_memory=False)


def pytest_ignore_collect(collection_path):
    """Tests about another engine are not even imported: its library may be missing."""
    if collection_path.parent == ABOUT_ENGINES and (collection_path.is_dir() and collection_path.name != ENGINE):
        return True
    return None


def pytest_collection_modifyitems(config, items):
    seen = collections.Counter()
    left_out = []
    for item in items:
        test = item.nodeid.partition("[")[0]
        if seen[test] % EVERY:
            left_out.append(item)
        seen[test] += 1
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]
    for item in items:
        if item.get_closest_marker("peer"):
            # In tests beside real Keras, warnings of other libraries are no errors.
            item.add_marker(pytest.mark.filterwarnings("ignore"), append=False)
        only = item.get_closest_marker("native_only")
        if only and ENGINE != "native":
            item.add_marker(pytest.mark.skip(only.args[0]))


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium of the system, driven by Playwright; skips where either is missing."""
    sync_api = pytest.importorskip("playwright.sync_api")
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("there is no Chromium here")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])  # root has no sandbox
        yield browser
        browser.close()


def until(page, expression, timeout_s=20):
    """Waits until an expression of a page is true. (Playwright's own way evaluates it in the page, where that is forbidden.)"""
    deadline = time.monotonic() + timeout_s
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(20)


@pytest.fixture
def visit(chromium):
    """Opens pages; at the end none of them may have met an error."""
    errors, contexts = [], []

    def open_page(url, width=1280, height=900, **options):
        contexts.append(chromium.new_context(viewport={"width": width, "height": height}, **options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(url)
        return page

    open_page.errors = errors
    yield open_page
    for context in contexts:
        context.close()
    assert not errors
