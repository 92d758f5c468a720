"""Builds the wheel and tries it where the source is not: what it holds, how large it is, and that a model trains and loads.

python scripts/check_wheel.py
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parent.parent
MOST_BYTES = 3_000_000
PROGRAM = """
import numpy as np
import lamina
from lamina import layers

assert "site-packages" in lamina.__file__, lamina.__file__
x = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
model = lamina.Sequential([lamina.Input((3,)), layers.Dense(4, "relu"), layers.Dense(1)])
model.compile("adam", "mse")
losses = model.fit(x, x[:, :1], epochs=20, verbose=0).history["loss"]
assert losses[-1] < losses[0]
model.save("model.keras")
assert np.array_equal(lamina.models.load_model("model.keras").predict(x, verbose=0), model.predict(x, verbose=0))
"""


def check_content(wheel: pathlib.Path) -> None:
    """Raises AssertionError for a wheel with what does not belong there, or without what does."""
    names = zipfile.ZipFile(wheel).namelist()
    inside = {name for name in names if name.startswith("lamina/")}
    foreign = {name for name in names if name not in inside and ".dist-info/" not in name}
    assert not foreign, f"not of the package: {sorted(foreign)[:5]}"
    front = {name for name in inside if name.startswith("lamina/playground/_front/")}
    assert {"lamina/playground/_front/index.html", "lamina/playground/_front/main.js"} <= front
    assert {pathlib.PurePath(name).suffix for name in front} == {".html", ".css", ".js", ".json"}
    kinds = {pathlib.PurePath(name).suffix for name in inside - front} - {".py", ".pyi", ".typed", ""}
    assert not kinds, f"files of other kinds: {sorted(kinds)}"
    source = {str(p.relative_to(ROOT / "src")) for p in (ROOT / "src/lamina").rglob("*.py")}
    assert source <= inside, f"missing: {sorted(source - inside)[:5]}"
    assert {"lamina/py.typed", "lamina/layers/__init__.pyi"} <= inside
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert wheel.stat().st_size < MOST_BYTES, f"{wheel.stat().st_size} bytes"


def run(command: list[str], **options: Any) -> None:
    """Runs it without PYTHONPATH, which may point at the source. Raises CalledProcessError if it fails."""
    elsewhere = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run(command, env=elsewhere, check=True, **options)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
        run([*pip, "wheel", "--no-deps", "-w", folder, str(ROOT)])
        (wheel,) = pathlib.Path(folder).glob("lamina-*.whl")
        check_content(wheel)
        run([sys.executable, "-m", "venv", f"{folder}/venv"])
        python = f"{folder}/venv/bin/python"
        run([python, *pip[1:], "install", str(wheel)])
        run([python, "-c", PROGRAM], cwd=folder)
        run([f"{folder}/venv/bin/lamina", "--help"], cwd=folder, stdout=subprocess.DEVNULL)
        print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB, installed and tried without the source")


if __name__ == "__main__":
    main()
