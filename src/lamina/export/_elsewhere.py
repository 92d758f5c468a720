"""A model that runs on another engine: exported by a process of its own, on the native one."""

import os
import subprocess
import sys
import tempfile
from typing import Any

from lamina.engines import engine
from lamina.saving import save_model

from ._errors import ExportError


def export_elsewhere(model: Any, path: str, format: str, options: dict[str, Any]) -> list[str]:
    """Saves the model and has `lamina export` write it; returns the paths.

    Raises ExportError with what that says: a model of classes that are not in lamina cannot be read there.
    """
    unknown = set(options) - {"check"}
    if unknown:
        raise ExportError(f"export: the option {unknown.pop()!r} needs the native engine; {engine.NAME} is in use.")
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, f"{model.name}.keras")
        save_model(model, file, include_optimizer=False)
        command = [sys.executable, "-m", "lamina", "export", file, "--format", format, "--out", path, "--force"]
        if options.get("check") is not None:
            command.append("--check" if options["check"] else "--no-check")
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LAMINA_ENGINE": "native"})
    if done.returncode:
        raise ExportError(
            f"The {engine.NAME} engine is in use; a process of its own on the native engine could not write the model: "
            f"{done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'it ended without a word'}"
        )
    written = done.stdout.splitlines()[0]
    return written.removeprefix("Wrote ").removesuffix(".").split(", ")
