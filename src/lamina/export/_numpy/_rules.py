"""Each primitive as an expression of NumPy: a rule takes the writer, the call and the names of its inputs."""

from collections.abc import Callable
from typing import Any

import numpy as np

from . import _helpers as helpers
from ._text import index_text, param_text

Rule = Callable[[Any, Any, list[str]], str]


def _called(function: str, *params: str) -> Rule:
    """`function(inputs, param=value)` of NumPy."""

    def rule(writer: Any, call: Any, ins: list[str]) -> str:
        said = [f"{name}={param_text(call.params[name])}" for name in params]
        return f"{function}({', '.join([*ins, *said])})"

    return rule


def _helped(name: str, *params: str) -> Rule:
    """The same of a helper, which the file then holds."""

    def rule(writer: Any, call: Any, ins: list[str]) -> str:
        writer.need(getattr(helpers, name))
        return _called(name, *params)(writer, call, ins)

    return rule


def _operator(sign: str) -> Rule:
    return lambda writer, call, ins: f"{ins[0]} {sign} {ins[1]}"


def _reduction(function: str) -> Rule:
    def rule(writer: Any, call: Any, ins: list[str]) -> str:
        dtype = call.inputs[0].dtype
        kept = f", dtype={ins[0]}.dtype" if function in ("np.sum", "np.prod") and dtype.kind != "f" else ""
        how = f"axis={param_text(call.params['axis'])}{kept}, keepdims={call.params['keepdims']}"
        return f"{function}({ins[0]}, {how})"

    return rule


def _clip(writer: Any, call: Any, ins: list[str]) -> str:
    return f"np.clip({ins[0]}, {call.params['low']!r}, {call.params['high']!r})"


def _slice(writer: Any, call: Any, ins: list[str]) -> str:
    return f"{ins[0]}[{index_text(call.params['index'])}]"


def _gather(writer: Any, call: Any, ins: list[str]) -> str:
    return f"{ins[0]}[{', '.join(ins[1:])}]"


def _scatter(writer: Any, call: Any, ins: list[str]) -> str:
    writer.need(helpers.scatter)
    combine = {"set": "", "add": ", np.add", "multiply": ", np.multiply", "max": ", np.maximum", "min": ", np.minimum"}
    return f"scatter({ins[0]}, {ins[1]}, ({', '.join(ins[2:])},){combine[call.params['mode']]})"


def _put(writer: Any, call: Any, ins: list[str]) -> str:
    writer.need(helpers.put_into_zeros)
    index = f"({', '.join(index_item(i) for i in call.params['index'])},)"
    return f"put_into_zeros({ins[0]}, {param_text(call.params['shape'])}, {index})"


def index_item(i: Any) -> str:
    """One axis of an index, as it stands in a tuple."""
    return f"slice({i.start}, {i.stop}, {i.step})" if isinstance(i, slice) else str(i)


def _concatenate(writer: Any, call: Any, ins: list[str]) -> str:
    return f"np.concatenate([{', '.join(ins)}], axis={call.params['axis']})"


def _argsort(writer: Any, call: Any, ins: list[str]) -> str:
    return f"np.argsort({ins[0]}, axis={call.params['axis']}, kind='stable')"


def _einsum(writer: Any, call: Any, ins: list[str]) -> str:
    return f"np.einsum({call.params['subscripts']!r}, {', '.join(ins)}, optimize=True)"


def _cumulative(function: str) -> Rule:
    return lambda writer, call, ins: f"{function}({ins[0]}, axis={call.params['axis']}, dtype={ins[0]}.dtype)"


def _sequence(name: str) -> Rule:
    """A whole sequence: `call.inputs` ends with a mask if there is one."""

    def rule(writer: Any, call: Any, ins: list[str]) -> str:
        writer.need(getattr(helpers, name))
        how = f"reverse={call.params['reverse']}, sequences={call.params['sequences']}"
        return f"{name}({', '.join(ins)}, {how})"

    return rule


def _scan(writer: Any, call: Any, ins: list[str]) -> str:
    writer.need(helpers.scan)
    p = call.params
    body = writer.nested(p["body"])
    parts = ins[: p["carried"]], ins[p["carried"] :][: p["sliced"]], ins[p["carried"] + p["sliced"] :]
    lists = ", ".join(f"[{', '.join(names)}]" for names in parts)
    return f"scan({body}, {lists}, {p['length']}, {p['reverse']})"


def _cond(writer: Any, call: Any, ins: list[str]) -> str:
    writer.need(helpers.branch)
    p, (predicate, *rest) = call.params, ins
    yes, no = writer.nested(p["yes"]), writer.nested(p["no"])
    parts = ", ".join(f"[{', '.join(names)}]" for names in (rest[: p["split"]], rest[p["split"] :]))
    return f"branch({predicate}, {yes}, {no}, {parts})"


def _while(writer: Any, call: Any, ins: list[str]) -> str:
    writer.need(helpers.repeat_while)
    p = call.params
    condition, body = writer.nested(p["condition"]), writer.nested(p["body"])
    state, rest = ins[: p["carried"]], ins[p["carried"] :]
    lists = ", ".join(f"[{', '.join(names)}]" for names in (state, rest[: p["tested"]], rest[p["tested"] :]))
    return f"repeat_while({condition}, {body}, {lists}, {p['limit']})"


def _vocabulary(writer: Any, call: Any, name: str) -> str:
    """The names of the sorted keys and their indices, and the default."""
    writer.need(getattr(helpers, name))
    vocabulary = call.params["vocabulary"]
    order = np.argsort(vocabulary.keys, kind="stable")
    keys = writer.file.named(f"{call.place}/keys", vocabulary.keys[order])
    return f"{keys}, {writer.file.named(f'{call.place}/indices', vocabulary.indices[order])}, {vocabulary.default}"


def _look_up(writer: Any, call: Any, ins: list[str]) -> str:
    return f"look_up({ins[0]}, {_vocabulary(writer, call, 'look_up')})"


def _texts(name: str) -> Rule:
    def rule(writer: Any, call: Any, ins: list[str]) -> str:
        how = call.params["splitting"]
        size = call.params["depth"] if name == "word_counts" else how.length
        said = (how.lower, how.strip, how.split, how.widths)
        return f"{name}({ins[0]}, {_vocabulary(writer, call, name)}, {size}, {said})"

    return rule


OPERATORS = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "matmul": "@", "equal": "==", "not_equal": "!=",
    "less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=",
}  # fmt: skip
CONV = "strides", "padding", "dilation", "groups"
POOL = "window", "strides", "padding"

# What is no ufunc (those are called by their own names). Where a primitive has outputs for training, the rule gives the others.
RULES: dict[str, Rule] = {name: _operator(sign) for name, sign in OPERATORS.items()}
RULES |= {name: _reduction(f"np.{name}") for name in ("sum", "prod", "max", "min", "any", "all")}
RULES |= {name: _called(f"np.{name}", "axis") for name in ("argmax", "argmin", "take", "take_along_axis")}
RULES |= {name: _called(f"np.linalg.{name}") for name in ("inv", "det", "cholesky", "solve")}
RULES |= {name: _sequence(name) for name in ("simple_rnn", "lstm", "gru")}
RULES |= {name: _helped(name, "axis") for name in ("softmax", "log_softmax", "recurrence")}
RULES |= {
    "reshape": lambda writer, call, ins: f"np.reshape({ins[0]}, {param_text(call.params['shape'])})",
    "transpose": lambda writer, call, ins: f"np.transpose({ins[0]}, {param_text(call.params['axes'])})",
    "broadcast_to": lambda writer, call, ins: f"np.broadcast_to({ins[0]}, {param_text(call.params['shape'])})",
    "pad": lambda writer, call, ins: f"np.pad({ins[0]}, {param_text(call.params['widths'])})",
    "cast": lambda writer, call, ins: writer.file.cast(ins[0], np.dtype(call.params["dtype"]).name),
    "where": _called("np.where"),
    "relu": lambda writer, call, ins: f"np.maximum({ins[0]}, 0)",
    "softplus": lambda writer, call, ins: f"np.logaddexp({ins[0]}, {ins[0]}.dtype.type(0))",
    "i0": lambda writer, call, ins: f"np.i0({ins[0]}).astype({ins[0]}.dtype)",
    "sigmoid": _helped("sigmoid"),
    "erf": _helped("erf"),
    "clip": _clip,
    "slice": _slice,
    "unslice": _put,
    "concatenate": _concatenate,
    "gather": _gather,
    "scatter": _scatter,
    "dynamic_slice": _helped("dynamic_slice", "sizes"),
    "dynamic_update_slice": _helped("dynamic_update_slice"),
    "take_grad": _helped("add_at", "axis", "size"),
    "einsum": _einsum,
    "argsort": _argsort,
    "searchsorted": _called("np.searchsorted", "side"),
    "cumsum": _cumulative("np.cumsum"),
    "cumprod": _cumulative("np.cumprod"),
    "conv": _helped("conv", *CONV),
    "conv_input_grad": _helped("conv_transpose", "spatial", *CONV),
    "max_pool": _helped("max_pool", *POOL),
    "window_sum": _helped("window_sum", *POOL),
    "look_up": _look_up,
    "words": _texts("words"),
    "word_counts": _texts("word_counts"),
    "scan": _scan,
    "cond": _cond,
    "while_loop": _while,
}
# Outputs that the expression gives, where there are fewer than the primitive has.
GIVES = {"simple_rnn": 1, "gru": 1, "lstm": 2}
