"""The cells of SimpleRNN, LSTM and GRU: one step forward, and one back."""

from collections.abc import Iterator

import numpy as np

from lamina.viewing._explanation import Line

from ._call import Passed
from ._recurrent import Recurrent, Step
from ._writing import activated, factor, named, number, pulled_back, sum_of


class Simple(Recurrent):
    """`h' = activation(x · kernel + h · recurrent_kernel + bias)`."""

    def step(self, x: np.ndarray, before: dict[str, np.ndarray]) -> Step:
        z = x @ self.kernel + before["h"] @ self.recurrent + (0 if self.bias is None else self.bias)
        h = activated(self.layer.activation, z)
        return Step(x, before, {"h": z}, {"h": h}, {"h": h})

    def step_back(self, step: Step, after: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        step.delta_x = step.delta_h = pulled_back(self.layer.activation, step.sums["h"], after["h"])
        return {"h": step.delta_h @ self.recurrent.T}

    def told(self, step: Step, unit: int) -> Iterator[Line]:
        return iter(())


class Lstm(Recurrent):
    """Gates i, f, o, the candidate g; `c' = f · c + i · g`, `h' = o · activation(c')`."""

    states = ("h", "c")

    def step(self, x: np.ndarray, before: dict[str, np.ndarray]) -> Step:
        z = x @ self.kernel + before["h"] @ self.recurrent + (0 if self.bias is None else self.bias)
        sums = dict(zip("ifgo", self._split(z, 4)))
        gates = {name: activated(self.activation_of(name), value) for name, value in sums.items()}
        c = gates["f"] * before["c"] + gates["i"] * gates["g"]
        return Step(x, before, sums, gates, {"h": gates["o"] * activated(self.layer.activation, c), "c": c})

    def told(self, step: Step, unit: int) -> Iterator[Line]:
        i, f, g, o = (step.gates[name][unit] for name in "ifgo")
        c = step.after["c"][unit]
        yield Line(
            "c = f · c + i · g", f"{factor(f)} · {factor(step.before['c'][unit])} + {factor(i)} · {factor(g)}", c
        )
        name = named(self.layer.activation)
        yield Line(f"h = o · {name}(c)", f"{factor(o)} · {name}({number(c)})", step.after["h"][unit])

    def step_back(self, step: Step, after: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        gates, c = step.gates, step.after["c"]
        from_c = after["c"] + pulled_back(self.layer.activation, c, after["h"] * gates["o"])
        wanted = {
            "i": from_c * gates["g"], "f": from_c * step.before["c"], "g": from_c * gates["i"],
            "o": after["h"] * activated(self.layer.activation, c),
        }  # fmt: skip
        deltas = [pulled_back(self.activation_of(name), step.sums[name], value) for name, value in wanted.items()]
        step.delta_x = step.delta_h = np.concatenate(deltas)
        return {"h": step.delta_h @ self.recurrent.T, "c": from_c * gates["f"]}


class Gru(Recurrent):
    """Gates z, r, the candidate n; `h' = z · h + (1 - z) · n`. With reset_after the bias has a row for each of the two sums."""

    def __init__(self, call: Passed):
        self.after = call.layer.reset_after
        super().__init__(call)

    def step(self, x: np.ndarray, before: dict[str, np.ndarray]) -> Step:
        bias, state_bias = (0, 0) if self.bias is None else self.bias if self.after else (self.bias, 0)
        h, count = before["h"], 2 * self.units
        from_x, from_h = x @ self.kernel + bias, h @ self.recurrent + state_bias
        gates_sum = from_x[:count] + from_h[:count]
        sums = dict(zip("zr", self._split(gates_sum, 2)))
        gates = {name: activated(self.layer.recurrent_activation, value) for name, value in sums.items()}
        kept = from_h[count:] if self.after else h * gates["r"]
        more = gates["r"] * kept if self.after else kept @ self.recurrent[:, count:]
        sums["n"] = from_x[count:] + more
        gates["n"] = activated(self.layer.activation, sums["n"])
        new = gates["z"] * h + (1 - gates["z"]) * gates["n"]
        return Step(x, before, sums, gates, {"h": new}, kept=kept)

    def _state_products(self, step: Step, name: str, column: int) -> list[tuple[float, float]]:
        if name != "n":
            return super()._state_products(step, name, column)
        if self.after:
            unit = column - 2 * self.units
            return [(step.gates["r"][unit], step.kept[unit])]
        return list(zip(self.recurrent[:, column], step.kept))

    def _more(self, step: Step, name: str, unit: int, column: int) -> list[float]:
        if self.bias is None or not self.after:
            return []
        return [self.bias[0, column]] if name == "n" else [self.bias[0, column], self.bias[1, column]]

    def told(self, step: Step, unit: int) -> Iterator[Line]:
        z, h, n = step.gates["z"][unit], step.before["h"][unit], step.gates["n"][unit]
        formula = f"{factor(z)} · {factor(h)} + {factor(1 - z)} · {factor(n)}"
        yield Line("h = z · h + (1 - z) · n", formula, step.after["h"][unit])

    def step_back(self, step: Step, after: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        gates, h, count = step.gates, step.before["h"], 2 * self.units
        of_n = pulled_back(self.layer.activation, step.sums["n"], after["h"] * (1 - gates["z"]))
        through = of_n if self.after else of_n @ self.recurrent[:, count:].T
        of_r = through * (step.kept if self.after else h)
        of_z = after["h"] * (h - gates["n"])
        deltas = [pulled_back(self.layer.recurrent_activation, step.sums[k], v) for k, v in (("z", of_z), ("r", of_r))]
        step.delta_x = np.concatenate([*deltas, of_n])
        step.delta_h = np.concatenate([*deltas, of_n * gates["r"] if self.after else of_n])
        back = step.delta_h[:count] @ self.recurrent[:, :count].T
        back += step.delta_h[count:] @ self.recurrent[:, count:].T if self.after else through * gates["r"]
        return {"h": after["h"] * gates["z"] + back}

    def _weight_sums(self, name: str, values: np.ndarray, deltas: np.ndarray) -> np.ndarray:
        sums = super()._weight_sums(name, values, deltas)
        if (
            name == "recurrent_kernel" and not self.after
        ):  # the candidate saw the state that the reset gate had let through
            count = 2 * self.units
            sums[:, count:] = np.stack([s.kept for s in self.steps]).T @ deltas[:, count:]
        return sums

    def _weight_lines(self, name: str, values: np.ndarray, deltas: np.ndarray, sums: np.ndarray) -> Iterator[Line]:
        if name == "recurrent_kernel" and not self.after:
            kept = np.stack([s.kept for s in self.steps])
            for i, j in np.ndindex(sums.shape):
                seen = kept if j >= 2 * self.units else values
                yield Line(
                    f"{name}[{i}, {j}]: δ · input, step by step",
                    sum_of(list(zip(deltas[:, j], seen[:, i]))),
                    sums[i, j],
                )
        else:
            yield from super()._weight_lines(name, values, deltas, sums)
