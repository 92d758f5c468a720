"""`plot_model` and `model_to_dot`: pictures of models."""

import importlib.util
import os
import shutil
import warnings
from typing import Any

from lamina._checks import check_one_of, check_positive
from lamina._extras import require
from lamina._public import public

from ._dot import dot
from ._model_picture import Picture, Shown, picture_of
from ._svg import svg


class ModelPicture:
    """A picture of a model that was written to a file. Notebooks show it."""

    def __init__(self, path: str):
        self.path = path

    def __repr__(self) -> str:
        return f"<ModelPicture {self.path}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        kinds = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
        kind = kinds.get(os.path.splitext(self.path)[1].lower())
        if kind is None or not os.path.exists(self.path):
            return {"text/plain": repr(self)}
        with open(self.path, "rb") as file:
            content = file.read()
        return {kind: content.decode() if kind.endswith("xml") else content}


@public("utils.model_to_dot")
def model_to_dot(
    model: Any, show_shapes: bool = False, show_dtype: bool = False, show_layer_names: bool = True, rankdir: str = "TB",
    expand_nested: bool = False, dpi: int = 200, subgraph: bool = False, show_layer_activations: bool = False,
    show_trainable: bool = False, splines: str = "ortho",
) -> Any:  # fmt: skip
    """A model as a graph of pydot (`pip install 'lamina[graph]'`).

    Args:
        model: a built model.
        show_shapes: whether the shapes are shown.
        show_dtype: whether the dtypes are shown.
        show_layer_names: whether the names of the layers are shown.
        rankdir: where arrows lead: "TB" down, "LR" to the right, "BT" up, "RL" to the left.
        expand_nested: whether models inside are drawn with their own layers.
        dpi: dots an inch.
        subgraph: whether a `pydot.Cluster` is made, in place of a `pydot.Dot`.
        show_layer_activations: whether activations are shown.
        show_trainable: whether it is shown what is trained.
        splines: how Graphviz draws arrows: "ortho", "curved", "polyline", "spline" or "line".
    Raises ImportError without pydot, ValueError for a model that is not built.
    """
    require("pydot", "graph", "utils.model_to_dot")
    shown = Shown(show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable, expand_nested)
    return dot(_picture(model, shown, rankdir, dpi, "model_to_dot"), rankdir, dpi, splines, subgraph)


@public("utils.plot_model")
def plot_model(
    model: Any, to_file: Any = "model.png", show_shapes: bool = False, show_dtype: bool = False,
    show_layer_names: bool = False, rankdir: str = "TB", expand_nested: bool = False, dpi: int = 200,
    show_layer_activations: bool = False, show_trainable: bool = False, splines: str = "ortho",
) -> ModelPicture:  # fmt: skip
    """Writes a picture of a model.

    A file that ends in `.svg` is drawn here. For other formats Graphviz and pydot (`pip install 'lamina[graph]'`) are used;
    where they are missing, an SVG is written beside, with a warning.

    Args:
        model: a built model.
        to_file: path of the picture.
        show_shapes: whether the shapes are shown.
        show_dtype: whether the dtypes are shown.
        show_layer_names: whether the names of the layers are shown.
        rankdir: where arrows lead: "TB" down, "LR" to the right, "BT" up, "RL" to the left.
        expand_nested: whether models inside are drawn with their own layers.
        dpi: dots an inch, in formats made of dots.
        show_layer_activations: whether activations are shown.
        show_trainable: whether it is shown what is trained.
        splines: how Graphviz draws arrows.
    Returns: an object with the `path` of the picture, which notebooks show. Raises ValueError for a model that is not built.
    Example:
        >>> model = Sequential([Input((2,)), layers.Dense(3)])
        >>> lamina.utils.plot_model(model, "model.svg").path
        'model.svg'
    """
    path = os.fspath(to_file)
    shown = Shown(show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable, expand_nested)
    picture = _picture(model, shown, rankdir, dpi, "plot_model")
    stem, ending = os.path.splitext(path)
    if ending.lower() != ".svg" and _has_graphviz():
        dot(picture, rankdir, dpi, splines, is_subgraph=False).write(path, format=ending.lstrip(".").lower() or "png")
        return ModelPicture(path)
    if ending.lower() != ".svg":
        path = f"{stem}.svg"
        warnings.warn(
            f"plot_model: {os.fspath(to_file)!r} needs Graphviz and pydot (pip install 'lamina[graph]'); {path!r} is written "
            "in its place.",
            stacklevel=2,
        )
    with open(path, "w", encoding="utf-8") as file:
        file.write(svg(picture, rankdir))
    return ModelPicture(path)


def _has_graphviz() -> bool:
    return importlib.util.find_spec("pydot") is not None and shutil.which("dot") is not None


def _picture(model: Any, shown: Shown, rankdir: str, dpi: int, where: str) -> Picture:
    check_one_of(rankdir, ("TB", "LR", "BT", "RL"), "rankdir", where)
    check_positive(dpi, "dpi", where)
    if not hasattr(model, "summary"):
        raise TypeError(f"{where}: model must be a lamina model; got {model!r}.")
    if not model.built:
        raise ValueError(f"{where}: {model.name!r} is not built yet: call build(), or the model on data, first.")
    return picture_of(model, shown)
