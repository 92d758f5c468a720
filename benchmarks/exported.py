"""Predictions of a model, of its NumPy file and of its ONNX file in onnxruntime: one row and a batch.

    python exported.py [WORKLOAD ...] [--batch 128] [--seconds 1]

Times in ms, interleaved, the best of each; the shared workloads of workloads.py, native engine. onnxruntime is left out
where it is not installed.
"""

import argparse
import importlib.util
import os
import runpy
import tempfile
import time

import numpy as np
from workloads import WORKLOADS

import lamina


def runners(model, folder):
    """Name -> a function of a list of arrays."""
    found = {"native": lambda x: model.predict_on_batch(x if len(x) > 1 else x[0])}
    model.export(os.path.join(folder, "net"), format="numpy", check=False)
    predict = runpy.run_path(os.path.join(folder, "net.py"))["predict"]
    found["NumPy file"] = lambda x: predict(*x)
    if importlib.util.find_spec("onnxruntime") is not None:
        import onnxruntime

        (path,) = model.export(os.path.join(folder, "net"), format="onnx", check=False)
        options = onnxruntime.SessionOptions()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads would slow the others
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        names = [i.name for i in session.get_inputs()]
        found["onnxruntime"] = lambda x: session.run(None, dict(zip(names, x)))
    return found


def best_times(functions, x, seconds):
    """The shortest time of each, in ms."""
    best = dict.fromkeys(functions, np.inf)
    for function in functions.values():
        function(x)
    end = time.perf_counter() + seconds * len(functions)
    while time.perf_counter() < end:
        for name, function in functions.items():
            start = time.perf_counter()
            function(x)
            best[name] = min(best[name], 1000 * (time.perf_counter() - start))
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", default=["tiny", "mlp512", "cnn", "lstm"])
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=1.0)
    args = parser.parse_args()
    print("| workload | rows | native | NumPy file | onnxruntime |\n| --- | --- | --- | --- | --- |")
    for name in args.workloads:
        model, x, *_ = WORKLOADS[name](lamina, np, np.random.default_rng(0))
        arrays = list(x) if isinstance(x, (list, tuple)) else [x]
        with tempfile.TemporaryDirectory() as folder:
            functions = runners(model, folder)
            for rows in (1, args.batch):
                times = best_times(functions, [a[:rows] for a in arrays], args.seconds)
                shown = " | ".join(
                    f"{times[n]:.3g}" if n in times else "" for n in ("native", "NumPy file", "onnxruntime")
                )
                print(f"| {name} | {rows} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
