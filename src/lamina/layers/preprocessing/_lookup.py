"""The base of StringLookup and IntegerLookup: a vocabulary, and indices in it."""

import os
from collections import Counter
from typing import Any

import numpy as np

from lamina import ops
from lamina._checks import check_one_of
from lamina._typing import TensorLike
from lamina.ops._symbolic import KerasTensor
from lamina.variables import refuse_path, take_room

from .._base._unsupported import refuse
from ._adapt import batches_of
from ._assets import KeepsAssets
from ._fingerprint import fingerprint64, siphash24
from ._host import HostLayer

_MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")


class Lookup(KeepsAssets, HostLayer):
    """Values to indices in a vocabulary, and back with `invert`.

    In mode "int" the mask token (if any) has index 0, the out-of-vocabulary indices follow, then the vocabulary. The other
    modes have no place for the mask token.
    """

    def __init__(
        self,
        max_tokens: Any,
        num_oov_indices: Any,
        mask_token: Any,
        oov_token: Any,
        vocabulary: Any,
        idf_weights: Any,
        invert: Any,
        output_mode: Any,
        pad_to_max_tokens: Any,
        sparse: bool,
        salt: Any,
        **kwargs: Any,
    ):
        # The size of a vocabulary that comes later, from the rest of a file.
        self._size_to_come = kwargs.pop("vocabulary_size", None)
        self.oov_method: Any = kwargs.pop("oov_method", "floormod")
        check_one_of(self.oov_method, ("floormod", "farmhash"), "oov_method", type(self).__name__)
        super().__init__(**kwargs)
        refuse(self, sparse=sparse)
        output_mode = {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(output_mode, output_mode)
        check_one_of(output_mode, _MODES, "output_mode", self._owner)
        if max_tokens is not None and max_tokens <= 1:
            raise ValueError(f"{self._owner}: max_tokens must be above 1, or None; got {max_tokens}.")
        if num_oov_indices < 0:
            raise ValueError(f"{self._owner}: num_oov_indices must be zero or above; got {num_oov_indices}.")
        if invert and output_mode != "int":
            raise ValueError(f"{self._owner}: invert=True needs output_mode='int'; got {output_mode!r}.")
        if invert and num_oov_indices != 1:
            raise ValueError(f"{self._owner}: invert=True needs num_oov_indices=1; got {num_oov_indices}.")
        self.max_tokens = max_tokens
        take_room(f"{self._owner} with {num_oov_indices} tokens for words outside", 8 * num_oov_indices)
        self.num_oov_indices = num_oov_indices
        self.mask_token = mask_token
        self.oov_token = oov_token
        self.invert = invert
        self.output_mode = output_mode
        self.pad_to_max_tokens = pad_to_max_tokens
        self.salt = salt
        self._counts: Counter = Counter()
        self._documents: Counter = Counter()
        self._seen = 0
        self._tokens: list[Any] = []
        self._idf: np.ndarray | None = None
        self.input_vocabulary = None
        self.input_idf_weights = idf_weights
        self._build_at_init()
        if vocabulary is not None:
            if isinstance(vocabulary, (str, os.PathLike)):
                vocabulary = self._read_vocabulary(vocabulary)
            self.set_vocabulary(vocabulary, idf_weights)
            self.input_vocabulary: Any = self._plain(vocabulary)
        elif idf_weights is not None:
            raise ValueError(f"{self._owner}: idf_weights need a vocabulary.")

    # What the two kinds differ in
    def _standardize(self, values: Any) -> np.ndarray:
        """An array of the tokens' type."""
        raise NotImplementedError(f"{type(self).__name__} must define _standardize().")

    def _oov_number(self, token: Any) -> int:
        """Which of several out-of-vocabulary indices a token gets."""
        if isinstance(token, str) or self.salt is not None:
            text = str(token).encode("utf-8")
            salt = self.salt if not isinstance(self.salt, int) else [self.salt, self.salt]
            code = fingerprint64(text) if salt is None else siphash24(text, (salt[0], salt[1]))
            return code % self.num_oov_indices
        return int(token) % self.num_oov_indices

    def _read_vocabulary(self, path: Any) -> list[Any]:
        refuse_path(f"{self._owner}: vocabulary", path)
        with open(path, encoding=getattr(self, "encoding", "utf-8")) as file:
            return self._standardize([line.rstrip("\n") for line in file]).tolist()

    @staticmethod
    def _plain(vocabulary: Any) -> list[Any]:
        return np.asarray(vocabulary).tolist() if not isinstance(vocabulary, list) else list(vocabulary)

    def _specials(self) -> list[Any]:
        mask = [] if self.mask_token is None or self.output_mode != "int" else [self.mask_token]
        return mask + [self.oov_token] * self.num_oov_indices

    def _check_once(self, tokens: list[Any]) -> None:
        twice = [token for token, n in Counter(tokens).items() if n > 1]
        if twice:
            raise ValueError(f"{self._owner}: the vocabulary holds {twice[:5]} more than once.")

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> Any:
        """Takes a vocabulary, with or without the special tokens at its start, and (for "tf_idf") its weights."""
        if isinstance(vocabulary, (str, os.PathLike)):
            vocabulary = self._read_vocabulary(vocabulary)
        tokens = self._standardize(self._plain(vocabulary)).tolist()
        specials = self._specials()
        own = tokens[len(specials) :] if specials and tokens[: len(specials)] == specials else tokens
        # A vocabulary that was read in mode "int" has a mask token, which the other modes do not.
        if self.output_mode != "int" and self.mask_token is not None:
            with_mask = [self.mask_token, *specials]
            own = tokens[len(with_mask) :] if tokens[: len(with_mask)] == with_mask else own
        self._check_once(own)
        for special, what in ((self.oov_token, "oov_token"), (self.mask_token, "mask_token")):
            # Looking up, the oov_token is but a word for what is not in the vocabulary.
            matters = what == "mask_token" or (self.invert and self.num_oov_indices > 0)
            if matters and special is not None and special in own:
                raise ValueError(f"{self._owner}: the {what} {special!r} is in the vocabulary, in a wrong place.")
        if self.max_tokens is not None and len(own) + len(specials) > self.max_tokens:
            raise ValueError(
                f"{self._owner}: the vocabulary has {len(own) + len(specials)} tokens with the special ones, more than "
                f"max_tokens={self.max_tokens}."
            )
        self._tokens = own
        self._index()
        if self.output_mode == "tf_idf":
            if idf_weights is None:
                raise ValueError(f"{self._owner}: output_mode='tf_idf' needs idf_weights with the vocabulary.")
            weights = np.asarray(idf_weights, "float32")
            if len(weights) == len(own):
                weights = np.concatenate([np.full(len(specials), weights.mean() if len(weights) else 0.0), weights])
            self._set_idf(weights)
        elif idf_weights is not None:
            raise ValueError(f"{self._owner}: idf_weights need output_mode='tf_idf'; it is {self.output_mode!r}.")

    def _set_idf(self, weights: np.ndarray) -> None:
        missing = self._depth() - len(weights)
        self._idf = np.concatenate([np.asarray(weights, "float32"), np.zeros(max(missing, 0), "float32")])

    def _index(self) -> None:
        """Sorts the tokens, for looking up whole arrays."""
        tokens = self._standardize(self._tokens) if self._tokens else self._standardize([])
        order = np.argsort(tokens, kind="stable")
        self._sorted, self._places = tokens[order], order

    def get_vocabulary(self, include_special_tokens: bool = True) -> Any:
        """The tokens in the order of their indices."""
        return (self._specials() if include_special_tokens else []) + list(self._tokens)

    def vocabulary_size(self) -> Any:
        """The number of tokens, with the special ones."""
        return len(self._specials()) + len(self._tokens)

    vocab_size = vocabulary_size

    def reset_state(self) -> None:
        """Forgets what `adapt` and `update_state` have seen."""
        self._counts.clear()
        self._documents.clear()
        self._seen = 0

    def update_state(self, data: TensorLike) -> None:
        """Counts the tokens of a batch."""
        tokens = self._standardize(np.asarray(data))
        rows = tokens.reshape(len(tokens), -1) if tokens.ndim > 1 else tokens.reshape(-1, 1)
        self._counts.update(tokens.ravel().tolist())
        if self.output_mode == "tf_idf":
            self._seen += len(rows)
            for row in rows:
                self._documents.update(set(row.tolist()))

    def finalize_state(self) -> Any:
        """Makes the vocabulary of the counts: most frequent first, ties in reverse order, as Keras breaks them."""
        special = {self.mask_token, self.oov_token}
        counted = [(token, n) for token, n in self._counts.items() if token not in special]
        counted.sort(key=lambda pair: pair[0], reverse=True)
        counted.sort(key=lambda pair: pair[1], reverse=True)
        limit = None if self.max_tokens is None else self.max_tokens - len(self._specials())
        self._tokens = [token for token, _ in counted[:limit]]
        self._index()
        if self.output_mode == "tf_idf":
            documents = np.array([self._documents[t] for t in self._tokens], "float64")
            idf = np.log(1 + self._seen / (1 + documents))
            self._set_idf(np.concatenate([np.full(len(self._specials()), idf.mean() if len(idf) else 0.0), idf]))

    def adapt(self, data: TensorLike, steps: Any = None) -> Any:
        """Learns the vocabulary from data: an array, a list, or an iterable of batches."""
        if self.input_vocabulary is not None:
            raise ValueError(f"{self._owner}: the vocabulary was given; there is nothing to adapt.")
        self.reset_state()
        for batch in batches_of(data, steps):
            self.update_state(batch)
        self.finalize_state()

    def _depth(self) -> int:
        if self.pad_to_max_tokens and self.max_tokens is not None:
            return self.max_tokens
        if not self._tokens and self._size_to_come is not None:
            return self._size_to_come
        return self.vocabulary_size()

    def call(self, inputs: TensorLike) -> Any:
        if not self._tokens:
            raise ValueError(f"{self._owner} has no vocabulary: call adapt(data) or set_vocabulary(tokens) first.")
        if self.invert:
            return self._inverted(np.asarray(inputs))
        return self._encoded(self._looked_up(self._standardize(np.asarray(inputs))), self._idf)

    def _looked_up(self, tokens: np.ndarray) -> np.ndarray:
        specials = len(self._specials())
        near = np.minimum(np.searchsorted(self._sorted, tokens), len(self._sorted) - 1)
        found = self._sorted[near] == tokens
        indices = np.where(found, self._places[near] + specials, 0).astype("int64")
        first_oov = specials - self.num_oov_indices
        masked = np.zeros(np.shape(tokens), bool)
        if self.mask_token is not None:
            masked = tokens == self.mask_token
            indices = np.where(masked, 0 if self.output_mode == "int" else -1, indices)
        unknown = ~found & ~masked
        if not unknown.any():
            return indices
        if self.num_oov_indices == 0:
            if self.output_mode == "int":
                raise ValueError(
                    f"{self._owner}: {np.unique(tokens[unknown])[:5].tolist()} are not in the vocabulary, and "
                    "num_oov_indices=0 leaves no index for them."
                )
            return np.where(unknown, -1, indices)
        if self.num_oov_indices == 1:
            return np.where(unknown, first_oov, indices)
        indices = np.array(indices)
        indices[unknown] = [first_oov + self._oov_number(t) for t in np.asarray(tokens)[unknown].tolist()]
        return indices

    def _inverted(self, indices: np.ndarray) -> Any:
        table = self._standardize(
            [
                self.mask_token if self.mask_token is not None and i == 0 else t
                for i, t in enumerate(self.get_vocabulary())
            ]
        )
        specials = len(self._specials())
        valid = (indices >= 0) & (indices < len(table))
        oov = specials - 1 if specials else 0
        result = table[np.where(valid, indices, oov).astype("int64")]
        return result if result.dtype.kind == "U" else ops.cast(result, self._int_dtype())

    def compute_output_spec(self, inputs: TensorLike) -> Any:
        if self.invert:
            return KerasTensor(tuple(inputs.shape), "string" if isinstance(self.oov_token, str) else self._int_dtype())
        return super().compute_output_spec(inputs)

    # Files: a vocabulary that was learned lies beside the weights, one token a line.
    def saved_assets(self) -> dict[str, bytes]:
        """The files to keep, by name."""
        if self.input_vocabulary is not None or not self._tokens:
            return {}
        return {"vocabulary.txt": "\n".join(str(t) for t in self.get_vocabulary()).encode("utf-8")}

    def load_assets_from(self, assets: dict[str, bytes]) -> None:
        """Takes what `saved_assets` gave."""
        if self.input_vocabulary is not None:
            return
        if "vocabulary.txt" not in assets:
            if (self._size_to_come or 0) > len(self._specials()):
                raise ValueError(f"{self._owner}: the file lacks its {self._size_to_come} words, vocabulary.txt.")
            return
        lines = assets["vocabulary.txt"].decode("utf-8").split("\n")
        tokens = self._standardize(lines).tolist()
        specials = self._specials()
        tokens = tokens[len(specials) :] if tokens[: len(specials)] == specials else tokens
        self._check_once(tokens)
        self._tokens = tokens
        self._index()

    def save_own_variables(self, store: Any) -> Any:
        if self.output_mode == "tf_idf" and self._idf is not None:
            store["idf_weights"] = self._idf

    def load_own_variables(self, store: Any) -> Any:
        if self.output_mode == "tf_idf" and "idf_weights" in store:
            self._idf = np.asarray(store["idf_weights"], "float32")

    def get_config(self) -> dict[str, Any]:
        idf = self.input_idf_weights
        return {
            **super().get_config(),
            "max_tokens": self.max_tokens,
            "num_oov_indices": self.num_oov_indices,
            "mask_token": self.mask_token,
            "oov_token": self.oov_token,
            "vocabulary": self.input_vocabulary,
            "vocabulary_size": self.vocabulary_size() if self._tokens else self._size_to_come,
            "idf_weights": None if idf is None else np.asarray(idf).tolist(),
            "invert": self.invert,
            "output_mode": self.output_mode,
            "pad_to_max_tokens": self.pad_to_max_tokens,
            "oov_method": self.oov_method,
            "salt": self.salt,
            "sparse": False,
        }
