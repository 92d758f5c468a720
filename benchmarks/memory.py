"""How much memory a training step takes, beside plain PyTorch: weights, optimizer slots, batch, and what lies between.

python benchmarks/memory.py --peers PYTHON [--workloads cnn,lstm] [--json FILE]

lamina: `lamina.profile(...).memory`, what NumPy allocates for the step as planned. PyTorch: parameters, buffers, optimizer state
and batch, plus the most that its allocator had given out at once during a step, from torch.profiler; what oneDNN allocates by
itself is not seen. Neither counts the programs themselves.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import workloads


def lamina_step(name: str) -> dict:
    import numpy as np

    import lamina

    model, x, y, how = workloads.WORKLOADS[name](lamina, np, np.random.default_rng(0))
    model.compile(optimizer=how["optimizer"], loss=how["loss"])
    found = lamina.profile(model, x, y, batch_size=how["batch_size"], print_fn=lambda text: None).memory
    return {"state": found.state, "batch": found.batch, "step": found.buffers + found.passing}


def torch_step(name: str) -> dict:
    import numpy as np
    import plain_torch
    import torch

    _, x, y, how = workloads.WORKLOADS[name](plain_torch.Absent(), np, np.random.default_rng(0))
    size = how["batch_size"]
    x, y = ([a[:size] for a in plain_torch.as_tuple(part)] for part in (x, y))
    trainer = plain_torch.Trainer(torch, plain_torch.modules(torch)[name](), x, y, how)
    trainer.epoch()  # one batch
    trainer.optimizer.zero_grad(set_to_none=True)
    tensors = [*trainer.net.parameters(), *trainer.net.buffers()]
    tensors += [v for slots in trainer.optimizer.state.values() for v in slots.values() if torch.is_tensor(v)]
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profiler:
        trainer.epoch()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "trace.json"
        profiler.export_chrome_trace(str(path))
        events = json.loads(path.read_text())["traceEvents"]
    changes = [e for e in events if e.get("name") == "[memory]"]
    held = most = 0
    for event in sorted(changes, key=lambda e: e["ts"]):
        held += event["args"]["Bytes"]
        most = max(most, held)
    batch = sum(a.nbytes for a in (*x, *y))
    state = sum(t.numel() * t.element_size() for t in tensors)
    return {"state": state, "batch": batch, "step": most}


SIDES = {"lamina": lamina_step, "torch": torch_step}


def ask(python: str, side: str, name: str) -> dict:
    done = subprocess.run([python, __file__, "--side", side, name], capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise SystemExit(f"{side} failed on {name}:\n{done.stderr}")
    return json.loads(lines[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lamina", default=sys.executable, help="a Python that has lamina")
    parser.add_argument("--peers", help="a Python that has torch")
    parser.add_argument("--workloads", default=",".join(workloads.WORKLOADS))
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--side", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        side, name = options.side
        print(json.dumps(SIDES[side](name)))
        return
    table = {}
    print("MB: state (weights, slots), batch, what the step holds and takes besides, all of it")
    for name in options.workloads.split(","):
        row = table[name] = {"lamina": ask(options.lamina, "lamina", name)}
        if options.peers:
            row["torch"] = ask(options.peers, "torch", name)
        for side, found in row.items():
            parts = "".join(f"{found[k] / 1e6:10.2f}" for k in ("state", "batch", "step"))
            print(f"{name:16s} {side:8s}{parts}{sum(found.values()) / 1e6:10.2f}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(table, indent=1))


if __name__ == "__main__":
    main()
