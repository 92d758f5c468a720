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
    "optimizers.schedules", "callbacks", "applications", "applications.imagenet_utils", "distillation", "wrappers", "utils",
    "datasets.mnist", "preprocessing.text", "preprocessing.sequence", "saving", "export",
    "ops", "random", "tree", "config", "dtype_policies", "compat",
)  # fmt: skip

# Whose methods are shown too.
MEMBERS = {
    "Model": (
        "compile", "fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch", "train_step",
        "compute_loss", "summary", "get_layer", "save", "save_weights", "load_weights", "export",
    ),
    "Sequential": ("add", "pop"),
    "Layer": ("add_weight", "add_loss", "build", "call", "get_weights", "set_weights", "count_params", "compute_mask"),
    "Variable": ("assign", "assign_add", "assign_sub", "numpy"),
    "GradientTape": ("watch", "gradient"),
    "Callback": ("set_model", "get_state", "set_state"),
    "Normalization": ("adapt",),
    "StringLookup": ("adapt",),
    "IntegerLookup": ("adapt",),
    "Discretization": ("adapt",),
}  # fmt: skip


def on_config(config: Any) -> Any:
    """Appends the pages to the navigation."""
    entries = [{f"lamina.{name}" if name else "lamina": _path(name)} for name in PAGES if name in NAMES]
    config.nav.append({"API": entries})
    return config


def on_files(files: Files, config: Any) -> Files:
    homes: dict[tuple[str, str], str] = {}  # where an object is described; elsewhere a link is enough
    for namespace in (*PAGES[1:], ""):
        for home in NAMES.get(namespace, {}).values():
            homes.setdefault(home, namespace)
    for namespace in PAGES:
        if namespace in NAMES:
            files.append(File.generated(config, _path(namespace), content=_page(namespace, homes)))
    return files


def _path(namespace: str) -> str:
    return f"api/{namespace or 'lamina'}.md"


def _page(namespace: str, homes: dict[tuple[str, str], str]) -> str:
    """Every object of the namespace, once, with its other names there."""
    title = f"lamina.{namespace}" if namespace else "lamina"
    names: dict[tuple[str, str], list[str]] = {}
    for name, home in NAMES[namespace].items():
        names.setdefault(home, []).append(name)
    parts = [f"# {title}\n"]
    for home, known in sorted(names.items(), key=lambda item: item[1][0].lower()):
        module, attribute = home
        if not attribute:  # a module, which has a page of its own
            continue
        main = attribute if attribute in known else known[0]
        if homes[home] == namespace:
            parts.append(f"::: {module}.{attribute}\n    options:\n      heading: {main}")
            if main in MEMBERS:
                parts.append(f"      inherited_members: true\n      members: [{', '.join(MEMBERS[main])}]")
            parts.append("")
        else:
            where = _path(homes[home]).removeprefix("api/")
            parts.append(f"## {main}\n\nSee [lamina.{homes[home]}]({where}#{module}.{attribute}).\n")
        others = [f"`{title}.{name}`" for name in known if name != main]
        parts.append(f"Also {', '.join(others)}.\n" if others else "")
    return "\n".join(parts)
