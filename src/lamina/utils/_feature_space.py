"""Tables made ready for a model: what is done with each column, and which columns are crossed."""

from typing import Any

import numpy as np

from lamina import ops
from lamina._checks import check_one_of, check_positive_int
from lamina._public import public
from lamina.layers._base._layer import Layer
from lamina.layers.core._input_layer import Input
from lamina.layers.preprocessing._category_encoding import CategoryEncoding
from lamina.layers.preprocessing._discretization import Discretization
from lamina.layers.preprocessing._hashed_crossing import HashedCrossing
from lamina.layers.preprocessing._hashing import Hashing
from lamina.layers.preprocessing._integer_lookup import IntegerLookup
from lamina.layers.preprocessing._normalization import Normalization
from lamina.layers.preprocessing._rescaling import Rescaling
from lamina.layers.preprocessing._string_lookup import StringLookup
from lamina.ops._symbolic import KerasTensor
from lamina.saving._api import save_model
from lamina.variables import deserialize_keras_object, serialize_keras_object


class Feature:
    """What is done with a column: the layer for it, the dtype that it takes, and how its result is given."""

    def __init__(self, dtype: str, preprocessor: Any, output_mode: str):
        check_one_of(output_mode, ("int", "one_hot", "float"), "output_mode", "FeatureSpace.feature")
        self.dtype = dtype
        self.preprocessor = deserialize_keras_object(preprocessor) if isinstance(preprocessor, dict) else preprocessor
        self.output_mode = output_mode

    def get_config(self) -> dict[str, Any]:
        layer = serialize_keras_object(self.preprocessor)
        return {"dtype": self.dtype, "preprocessor": layer, "output_mode": self.output_mode}


class Cross:
    """Columns whose values are hashed together."""

    def __init__(self, feature_names: Any, crossing_dim: int, output_mode: str = "one_hot"):
        check_one_of(output_mode, ("int", "one_hot"), "output_mode", "FeatureSpace.cross")
        check_positive_int(crossing_dim, "crossing_dim", "FeatureSpace.cross")
        self.feature_names = tuple(feature_names)
        self.crossing_dim = crossing_dim
        self.output_mode = output_mode

    @property
    def name(self) -> str:
        return "_X_".join(self.feature_names)

    def get_config(self) -> dict[str, Any]:
        names = list(self.feature_names)
        return {"feature_names": names, "crossing_dim": self.crossing_dim, "output_mode": self.output_mode}


def _of_config(kind: Any, value: Any) -> Any:
    """An object from what configs hold: its own config, or that with its class beside it."""
    return kind(**value.get("config", value)) if isinstance(value, dict) else value


@public("utils.FeatureSpace")
class FeatureSpace(Layer):
    """Columns of a table made ready for a model: each by a layer of its own, some crossed, all joined.

    Args:
        features: dict from the name of a column to what it is: one of "float", "float_rescaled", "float_normalized",
            "float_discretized", "integer_categorical", "string_categorical", "integer_hashed", "string_hashed", or what the
            class methods of these names (and `feature`) return.
        output_mode: "concat", one tensor, or "dict", one for each column and cross.
        crosses: list of tuples of names, or of what `FeatureSpace.cross` returns.
        crossing_dim, hashing_dim, num_discretization_bins: sizes where only a name is given.
        name: of the layer.

    Called on a dict of columns `(batch,)` or `(batch, 1)`, or of the values of one row; `adapt(data)` first, if any
    column needs it.
    Raises ValueError for other features, crosses and data.
    Example:
        >>> space = utils.FeatureSpace({"age": "float", "job": "string_categorical"})
        >>> space.adapt({"age": np.array([30.0, 40.0]), "job": np.array(["baker", "smith"])})
        >>> space({"age": np.array([20.0]), "job": np.array(["smith"])})
        Tensor([[20.,  0.,  1.,  0.]], dtype=float32)
    """

    is_host_layer = True

    def __init__(
        self,
        features: dict[str, Any],
        output_mode: str = "concat",
        crosses: Any = None,
        crossing_dim: int = 32,
        hashing_dim: int = 32,
        num_discretization_bins: int = 32,
        name: str | None = None,
    ):
        super().__init__(name=name)
        if not features:
            raise ValueError(f"{self._owner}: features must be a dict of columns; got {features!r}.")
        check_one_of(output_mode, ("concat", "dict"), "output_mode", self._owner)
        self.crossing_dim = crossing_dim
        self.hashing_dim = hashing_dim
        self.num_discretization_bins = num_discretization_bins
        self.output_mode = output_mode
        specs = {key: self._standardized(key, value) for key, value in features.items()}
        found = [self._cross_of(cross, specs) for cross in crosses or []]
        # Plain objects, held apart from the layers that saving walks over.
        object.__setattr__(self, "features", specs)
        object.__setattr__(self, "crosses", found)
        object.__setattr__(self, "inputs", {k: Input((1,), dtype=f.dtype, name=k) for k, f in specs.items()})
        object.__setattr__(self, "_encoded", None)
        self.preprocessors = {key: f.preprocessor for key, f in specs.items() if f.preprocessor is not None}
        self.crossers = {c.name: HashedCrossing(c.crossing_dim, name=c.name) for c in found}
        self._is_adapted = False
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True

    def _standardized(self, name: str, value: Any) -> Feature:
        if not isinstance(value, str):
            value = _of_config(Feature, value)
            if isinstance(value, Feature):
                return value
        sizes = {
            "float_discretized": {"num_bins": self.num_discretization_bins},
            "integer_hashed": {"num_bins": self.hashing_dim},
            "string_hashed": {"num_bins": self.hashing_dim},
        }
        check_one_of(value, _KINDS, f"the feature {name!r}", self._owner)
        return getattr(self, value)(name=name, **sizes.get(value, {}))

    def _cross_of(self, cross: Any, features: dict[str, Any]) -> Cross:
        cross = _of_config(Cross, cross)
        cross = cross if isinstance(cross, Cross) else Cross(cross, self.crossing_dim)
        unknown = [name for name in cross.feature_names if name not in features]
        if unknown:
            raise ValueError(
                f"{self._owner}: crosses name {unknown}, which are not among the features {list(features)}."
            )
        return cross

    @classmethod
    def cross(cls, feature_names: Any, crossing_dim: int, output_mode: str = "one_hot") -> Cross:
        return Cross(feature_names, crossing_dim, output_mode)

    @classmethod
    def feature(cls, dtype: str, preprocessor: Any, output_mode: str) -> Feature:
        return Feature(dtype, preprocessor, output_mode)

    @classmethod
    def float(cls, name: str | None = None) -> Feature:
        return Feature("float32", None, "float")

    @classmethod
    def float_rescaled(cls, scale: Any = 1.0, offset: Any = 0.0, name: str | None = None) -> Feature:
        return Feature("float32", Rescaling(scale, offset, name=_named(name)), "float")

    @classmethod
    def float_normalized(cls, name: str | None = None) -> Feature:
        return Feature("float32", Normalization(axis=-1, name=_named(name)), "float")

    @classmethod
    def float_discretized(
        cls, num_bins: Any, bin_boundaries: Any = None, output_mode: str = "one_hot", name: str | None = None
    ) -> Feature:
        sizes = {"num_bins": num_bins} if bin_boundaries is None else {"bin_boundaries": bin_boundaries}
        return Feature("float32", Discretization(**sizes, name=_named(name)), output_mode)

    @classmethod
    def integer_categorical(
        cls, max_tokens: Any = None, num_oov_indices: int = 1, output_mode: str = "one_hot", name: str | None = None
    ) -> Feature:
        layer = IntegerLookup(max_tokens=max_tokens, num_oov_indices=num_oov_indices, name=_named(name))
        return Feature("int32", layer, output_mode)

    @classmethod
    def string_categorical(
        cls, max_tokens: Any = None, num_oov_indices: int = 1, output_mode: str = "one_hot", name: str | None = None
    ) -> Feature:
        layer = StringLookup(max_tokens=max_tokens, num_oov_indices=num_oov_indices, name=_named(name))
        return Feature("string", layer, output_mode)

    @classmethod
    def integer_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None) -> Feature:
        return Feature("int32", Hashing(num_bins=num_bins, name=_named(name)), output_mode)

    @classmethod
    def string_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None) -> Feature:
        return Feature("string", Hashing(num_bins=num_bins, name=_named(name)), output_mode)

    def adapt(self, dataset: Any, verbose: int = 1) -> None:
        """Learns what the columns' layers need to know, from a dict of arrays or a data set of dicts. `verbose` is unused."""
        if isinstance(dataset, dict):
            columns: dict[str, Any] = {name: np.asarray(values) for name, values in dataset.items()}
        elif hasattr(dataset, "__iter__"):
            batches = [{k: np.atleast_1d(np.asarray(v)) for k, v in batch.items()} for batch in dataset]
            columns = {k: np.concatenate([b[k] for b in batches]) for k in (batches[0] if batches else {})}
        else:
            raise ValueError(f"{self._owner}: adapt takes a dict of arrays or a data set of dicts; got {dataset!r}.")
        for name in self._adaptable():
            if name not in columns or not len(columns[name]):
                raise ValueError(f"{self._owner}: adapt needs values of {name!r}; the data hold {sorted(columns)}.")
            self.preprocessors[name].adapt(columns[name].reshape(-1, 1))
        self._is_adapted = True

    def _adaptable(self) -> list[str]:
        """Columns whose layers learn from data."""
        given = ("input_mean", "input_bin_boundaries", "input_vocabulary")
        learning = {n: getattr(p, "_lookup_layer", p) for n, p in self.preprocessors.items() if hasattr(p, "adapt")}
        return [n for n, p in learning.items() if all(getattr(p, g, None) is None for g in given)]

    def _check_adapted(self) -> None:
        if not self._is_adapted and self._adaptable():
            raise ValueError(f"{self._owner}: call adapt(data) first; {self._adaptable()} learn from data.")

    def get_inputs(self) -> dict[str, Any]:
        """Symbolic inputs `(batch, 1)` by column."""
        return self.inputs

    def get_encoded_features(self) -> Any:
        """What the space gives for `get_inputs()`, symbolic, for a model that takes the raw columns."""
        self._check_adapted()
        if self._encoded is None:
            object.__setattr__(self, "_encoded", self._merged(self.inputs))
        return self._encoded

    def _merged(self, columns: dict[str, Any]) -> Any:
        known = {n: self.preprocessors[n](columns[n]) if n in self.preprocessors else columns[n] for n in self.features}
        crossed = {c.name: self.crossers[c.name]([known[n] for n in c.feature_names]) for c in self.crosses}
        specs = {**self.features, **{c.name: c for c in self.crosses}}
        names = [*sorted(known), *sorted(crossed)]
        values = {name: self._encoded_as(name, specs[name], {**known, **crossed}[name]) for name in names}
        if self.output_mode == "dict":
            return values
        for name, value in values.items():
            if "float" not in str(value.dtype):
                raise ValueError(
                    f"{self._owner}: {name!r} is of dtype {value.dtype} and cannot be joined; use output_mode='dict', or "
                    "'one_hot' for this feature."
                )
        return ops.concatenate(list(values.values()), axis=-1)

    def _encoded_as(self, name: str, spec: Any, value: Any) -> Any:
        if spec.output_mode != "one_hot":
            return value
        return CategoryEncoding(self._size(name), output_mode="multi_hot")(value)

    def _size(self, name: str) -> int:
        layer = self.crossers[name] if name in self.crossers else self.preprocessors.get(name)
        if isinstance(layer, (IntegerLookup, StringLookup)):
            return layer.vocabulary_size()
        if isinstance(layer, Discretization):
            return layer._depth()
        size = getattr(layer, "num_bins", None) or getattr(layer, "num_tokens", None)
        if size is None:
            raise ValueError(f"{self._owner}: how many values {name!r} has is not known; use output_mode='int' for it.")
        return size

    def __call__(self, data: Any) -> Any:
        self._check_adapted()
        missing = [n for n in self.features if n not in data] if isinstance(data, dict) else [*self.features]
        if missing:
            raise ValueError(
                f"{self._owner}: expected a dict of the columns {list(self.features)}; {missing} are missing."
            )
        if any(isinstance(v, KerasTensor) for v in data.values()):
            return self._merged(data)
        arrays = {n: np.asarray(data[n]) for n in self.features}
        single = all(v.ndim == 0 for v in arrays.values())
        columns = {}
        for name, values in arrays.items():
            numeric = self.features[name].dtype == "float32"
            columns[name] = values.reshape(-1, 1).astype("float32") if numeric else values.reshape(-1, 1)
        merged = self._merged({n: ops.convert_to_tensor(v) if v.dtype.kind == "f" else v for n, v in columns.items()})
        if not single:
            return merged
        return {n: v[0] for n, v in merged.items()} if isinstance(merged, dict) else merged[0]

    def get_build_config(self) -> dict[str, Any]:
        return {"adapted": True}

    def build_from_config(self, config: dict[str, Any]) -> None:
        for layer in self.preprocessors.values():
            if not layer.built:
                layer.build((None, 1))
        self._is_adapted = True

    def save(self, filepath: Any) -> None:
        """Writes the space to a `.keras` file, which `saving.load_model` reads."""
        save_model(self, filepath)

    def get_config(self) -> dict[str, Any]:
        return {
            "features": {name: feature.get_config() for name, feature in self.features.items()},
            "output_mode": self.output_mode,
            "crosses": [cross.get_config() for cross in self.crosses],
            "crossing_dim": self.crossing_dim,
            "hashing_dim": self.hashing_dim,
            "num_discretization_bins": self.num_discretization_bins,
            "name": self.name,
        }


_KINDS = (
    "float", "float_rescaled", "float_normalized", "float_discretized", "integer_categorical", "string_categorical",
    "integer_hashed", "string_hashed",
)  # fmt: skip


def _named(name: str | None) -> str | None:
    return None if name is None else f"{name}_preprocessor"
