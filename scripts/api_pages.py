"""The API section of the site, made from the table of names by scripts/build_site.py.

One page for each public namespace, and one for each layer: its docstring, its source, and a picture where a curve says more.
"""

import ast
import pathlib
import runpy
from typing import Any

from curves import curve_of_layer, curves_of

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAMES = runpy.run_path(str(ROOT / "src" / "lamina" / "_names.py"))["NAMES"]
Home = tuple[str, str]  # the module that defines an object, and its name there

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
    "TextVectorization": ("adapt",),
    "Discretization": ("adapt",),
}  # fmt: skip

# The families of layers by the folder that they are in, in the order of the page.
FAMILIES = {
    "core": "Core", "activations": "Activations", "convolution": "Convolution", "pooling": "Pooling", "rnn": "Recurrent",
    "attention": "Attention", "normalization": "Normalization", "regularization": "Regularization", "merging": "Merging",
    "reshaping": "Reshaping", "preprocessing": "Preprocessing", "image": "Images", "tabular": "Tables",
    "foreign": "Modules of other libraries", "_base": "The base",
}  # fmt: skip


def navigation() -> list[dict[str, Any]]:
    """The section as the navigation has it."""
    entries: list[dict[str, Any]] = []
    for namespace in PAGES:
        if namespace == "layers":
            families = [{title: [_layer_path(name) for name in names]} for title, names in _families().items()]
            entries.append({"lamina.layers": [{"All layers": _path(namespace)}, *families]})
        elif namespace in NAMES:
            entries.append({_title(namespace): _path(namespace)})
    return entries


def pages() -> dict[str, str]:
    """Every page of the section: its path in the site's sources, and its text."""
    homes = {
        home: _layer_path(name) for name, home in _layers().items()
    }  # where it is described; elsewhere a link is enough
    for namespace in (*PAGES[1:], ""):
        for home in NAMES.get(namespace, {}).values():
            homes.setdefault(home, _path(namespace))
    found = {_path(namespace): _page(namespace, homes) for namespace in PAGES if namespace in NAMES}
    return {**found, **{_layer_path(name): _layer_page(name, home) for name, home in _layers().items()}}


def _title(namespace: str) -> str:
    return f"lamina.{namespace}" if namespace else "lamina"


def _path(namespace: str) -> str:
    return f"api/{namespace or 'lamina'}.md"


def _layer_path(name: str) -> str:
    return f"api/layers/{name}.md"


def _page(namespace: str, homes: dict[Home, str]) -> str:
    """Every object of the namespace, once, with its other names there."""
    parts = [f"# {_title(namespace)}\n"]
    if namespace == "layers":
        parts.append(_table_of_layers())
    curves = curves_of(namespace)
    for home, known in sorted(_known(namespace).items(), key=lambda item: item[1][0].lower()):
        if homes[home].startswith("api/layers/") and namespace == "layers":
            continue  # it is in the table above, and has a page of its own
        main = home[1] if home[1] in known else known[0]
        if homes[home] == _path(namespace):
            parts.append(_described(home, main))
        else:
            where = homes[home].removeprefix("api/")
            parts.append(f"## {main}\n\nSee [lamina.{_named(homes[home])}]({where}#{'.'.join(home)}).\n")
        parts.append(curves.get(main, ""))
        others = [f"`{_title(namespace)}.{name}`" for name in known if name != main]
        parts.append(f"Also {', '.join(others)}.\n" if others else "")
    return "\n".join(parts)


def _known(namespace: str) -> dict[Home, list[str]]:
    """The objects of a namespace, each with the names that it has there; a module has a page of its own."""
    names: dict[Home, list[str]] = {}
    for name, home in NAMES[namespace].items():
        if home[1]:
            names.setdefault(home, []).append(name)
    return names


def _named(page: str) -> str:
    return page.removeprefix("api/").removesuffix(".md").replace("/", ".")


def _described(home: Home, main: str, options: str = "") -> str:
    """What mkdocstrings puts the docstring in place of."""
    text = f"::: {'.'.join(home)}\n    options:\n      heading: {main}\n{options}"
    if main in MEMBERS:
        text += f"      inherited_members: true\n      members: [{', '.join(MEMBERS[main])}]\n"
    return text


def _layers() -> dict[str, Home]:
    """The layers, each once by its own name; not the functions beside them."""
    found = {name: home for name, home in NAMES["layers"].items() if name == home[1] and name[0].isupper()}
    found["GroupQueryAttention"] = NAMES["layers"]["GroupQueryAttention"]  # Keras's name; the class has the paper's
    return {name: home for name, home in found.items() if name not in ("Input", "InputSpec")}


def _families() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {title: [] for title in FAMILIES.values()}
    for name, (module, _) in sorted(_layers().items()):
        folder = next(part for part in reversed(module.split(".")[:-1]) if part in FAMILIES)
        found[FAMILIES[folder]].append(name)
    return found


def _table_of_layers() -> str:
    parts = []
    for title, names in _families().items():
        parts.append(f"## {title}\n\n| layer | |\n| --- | --- |")
        parts += [f"| [{name}](layers/{name}.md) | {_first_line(_layers()[name])} |" for name in names]
        parts.append("")
    return "\n".join([*parts, "Functions, and what describes an input:\n"])


def _first_line(home: Home) -> str:
    """The first line of a class's docstring, fit for a table."""
    source = (ROOT / "src" / pathlib.Path(*home[0].split("."))).with_suffix(".py").read_text(encoding="utf-8")
    classes = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)}
    return (ast.get_docstring(classes[home[1]]) or "").split("\n")[0].replace("|", "\\|")


def _layer_page(name: str, home: Home) -> str:
    known = [other for other, its in NAMES["layers"].items() if its == home and other != name]
    also = f"Also {', '.join(f'`lamina.layers.{other}`' for other in known)}.\n" if known else ""
    front = f"---\ntitle: {name}\n---\n\n[All layers](../layers.md)\n\n"
    options = "      heading_level: 1\n      show_source: true\n"
    return f"{front}{_described(home, name, options)}\n{curve_of_layer(name)}\n{also}"
