"""Batches prepared by other processes; in a script of its own, since processes import the main module."""

import subprocess
import sys

PROGRAM = """
import os
import numpy as np
import lamina

class Pids(lamina.utils.Sequence):
    def __len__(self):
        return 4

    def __getitem__(self, i):
        return np.full((2, 1), i), np.full((2, 1), os.getpid())

if __name__ == "__main__":
    from lamina.training._data._py_dataset import batches

    found = list(batches(Pids(workers=2, use_multiprocessing=True), range(4)))
    assert [int(x[0, 0]) for x, _ in found] == [0, 1, 2, 3]
    assert os.getpid() not in {int(y[0, 0]) for _, y in found}
    model = lamina.Sequential([lamina.Input((1,)), lamina.layers.Dense(1)])
    model.compile("sgd", "mse")
    assert len(model.fit(Pids(workers=2, use_multiprocessing=True), epochs=1, verbose=0).history["loss"]) == 1
    print("done")
"""


def test_fit_with_worker_processes(tmp_path):
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    result = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120)
    assert result.stdout.strip() == "done", result.stderr
