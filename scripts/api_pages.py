"""A hook of MkDocs: one page of the API section for each public namespace, made from the table of names at build time."""

import pathlib
import sys
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "src" / "lamina"))
from _names import NAMES  # noqa: E402  # the table alone: nothing of lamina is imported

# The namespaces with a page, in the order of a model's life. `ops.numpy` and the like repeat names of `ops`.
PAGES = (
    "", "models", "layers", "activations", "initializers", "regularizers", "constraints", "losses", "metrics", "optimizers",
    "optimizers.schedules", "callbacks", "utils", "datasets.mnist", "preprocessing.text", "preprocessing.sequence", "saving",
    "ops", "random", "tree", "config", "dtype_policies", "compat",
)  # fmt: skip


def on_config(config: Any) -> Any:
    """Appends the pages to the navigation."""
    entries = [{f"lamina.{name}" if name else "lamina": _path(name)} for name in PAGES if name in NAMES]
    config.nav.append({"API": entries})
    return config


def on_files(files: Files, config: Any) -> Files:
    for name in PAGES:
        if name in NAMES:
            files.append(File.generated(config, _path(name), content=_page(name)))
    return files


def _path(namespace: str) -> str:
    return f"api/{namespace or 'lamina'}.md"


def _page(namespace: str) -> str:
    """Every name of the namespace, once: aliases are listed beside the name they stand for."""
    title = f"lamina.{namespace}" if namespace else "lamina"
    names: dict[tuple[str, str], list[str]] = {}
    for name, home in NAMES[namespace].items():
        names.setdefault(home, []).append(name)
    parts = [f"# {title}\n"]
    for (module, attribute), known in sorted(names.items(), key=lambda item: item[1][0].lower()):
        if not attribute:  # a module of its own, with a page of its own
            continue
        main = attribute if attribute in known else known[0]
        parts.append(f"## {main}\n")
        others = [f"`{title}.{name}`" for name in known if name != main]
        if others:
            parts.append(f"Also {', '.join(others)}.\n")
        parts.append(
            f"::: {module}.{attribute}\n    options:\n      show_root_heading: false\n      show_root_toc_entry: false\n"
        )
    return "\n".join(parts)
