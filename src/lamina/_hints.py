"""The name that was probably meant."""

import difflib
from collections.abc import Iterable

# Abbreviations and other programs' names -> what they are called here, the first that there is.
_ABBREVIATIONS: dict[str, tuple[str, ...]] = {
    "mes": ("mse",),
    "l2loss": ("mse",),
    "l1loss": ("mae",),
    "rmse": ("RootMeanSquaredError", "mse"),
    "r2": ("R2Score",),
    "rsquared": ("R2Score",),
    "f1": ("F1Score",),
    "bce": ("binary_crossentropy", "BinaryCrossentropy"),
    "cce": ("categorical_crossentropy", "CategoricalCrossentropy"),
    "scce": ("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"),
    "crossentropy": ("categorical_crossentropy", "CategoricalCrossentropy"),
    "nll": ("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"),
    "acc": ("accuracy", "Accuracy"),
    "rocauc": ("AUC",),
    "lrelu": ("leaky_relu", "LeakyReLU"),
    "he": ("he_normal",),
    "kaiming": ("he_normal",),
    "kaimingnormal": ("he_normal",),
    "kaiminguniform": ("he_uniform",),
    "xavier": ("glorot_uniform",),
    "xavieruniform": ("glorot_uniform",),
    "xaviernormal": ("glorot_normal",),
    "glorot": ("glorot_uniform",),
    "normal": ("random_normal", "RandomNormal"),
    "uniform": ("random_uniform", "RandomUniform"),
    "nonnegative": ("non_neg",),
    "max": ("max_norm",),
    "linear": ("Dense",),
    "fullyconnected": ("Dense",),
    "fc": ("Dense",),
    "bn": ("BatchNormalization",),
    "batchnorm": ("BatchNormalization",),
    "batchnorm1d": ("BatchNormalization",),
    "batchnorm2d": ("BatchNormalization",),
    "layernorm": ("LayerNormalization",),
    "mha": ("MultiHeadAttention",),
    "layer": ("layers",),
    "bilstm": ("Bidirectional",),
}


def closest(wrong: str, names: Iterable[str]) -> str | None:
    """The one of `names` that `wrong` was probably to be, whatever its case and underscores; None if none is alike.

    Example:
        >>> closest("adaam", ["Nadam", "Adam"]), closest("r2", ["R2Score"])
        ('Adam', 'R2Score')
    """
    plain: dict[str, list[str]] = {}
    for name in sorted(names, reverse=wrong[:1].islower()):  # of Adam and adam, that in the case that was written
        plain.setdefault(_plain(name), []).append(name)
    known = {name for same in plain.values() for name in same}
    meant = next((name for name in _ABBREVIATIONS.get(_plain(wrong), ()) if name in known), None)
    if meant is not None:
        return meant
    if _plain(wrong) in plain:
        return plain[_plain(wrong)][0]
    near = difflib.get_close_matches(_plain(wrong), plain, n=1, cutoff=0.65)
    return plain[near[0]][0] if near else None


def did_you_mean(wrong: str, names: Iterable[str]) -> str:
    """` Did you mean 'this'?`, or nothing."""
    near = closest(wrong, names)
    return f" Did you mean {near!r}?" if near else ""


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").replace(" ", "").casefold()
