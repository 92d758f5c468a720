"""An engine from outside the package: the one that docs/engines.md shows."""

import pathlib
import re
import subprocess
import sys

import numpy as np

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "engines.md"
PROGRAM = """
import numpy as np
import lamina
from lamina import layers

def train():
    lamina.utils.set_random_seed(3)
    model = lamina.Sequential([lamina.Input((4,)), layers.Dense(5, activation="tanh"), layers.BatchNormalization(),
                               layers.Dense(2)])
    model.compile("adam", "mse", metrics=["mae"])
    x = np.linspace(-1, 1, 80, dtype="float32").reshape(20, 4)
    history = model.fit(x, x[:, :2] ** 2, batch_size=8, epochs=3, verbose=0).history
    return [*model.get_weights(), model.predict(x, batch_size=8, verbose=0), np.array(history["mae"])]
"""


def test_the_engine_of_the_documentation_trains_as_the_others_do(tmp_path):
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.S).group(1)
    (tmp_path / "toy.py").write_text(code)
    choice = (
        "from lamina.engines import register_engine, set_engine\nregister_engine('toy', 'toy')\nset_engine('toy')\n"
    )
    save = "import toy\nassert lamina.config.backend() == 'toy' and toy.calls\nnp.savez('found.npz', *found)\n"
    done = subprocess.run(
        [sys.executable, "-c", choice + PROGRAM + "found = train()\n" + save],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = np.load(tmp_path / "found.npz")
    program = {}
    exec(PROGRAM, program)
    for key, wanted in zip(found.files, program["train"](), strict=True):
        np.testing.assert_allclose(found[key], wanted, rtol=1e-4, atol=1e-5)
