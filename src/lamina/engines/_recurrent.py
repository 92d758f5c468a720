"""Recurrent layers over a whole sequence, written once over an array namespace and `scan`: a start for any engine."""

from collections.abc import Callable
from typing import Any


class Recurrent:
    """The recurrent kernels of the contract.

    Args:
        xp: the engine's array namespace.
        scan: its `scan`.
        sigmoid: its `nn.sigmoid`.
    """

    def __init__(self, xp: Any, scan: Callable, sigmoid: Callable):
        self.xp, self.scan, self.sigmoid = xp, scan, sigmoid

    def simple_rnn(
        self, x: Any, h0: Any, kernel: Any, recurrent: Any, bias: Any = None, reverse: bool = False,
        sequences: bool = True,
    ) -> Any:  # fmt: skip
        """tanh(x·kernel + h·recurrent + bias) over the steps of x."""

        def step(carry: Any, z: Any) -> Any:
            (h,) = carry
            h = self.xp.tanh(z + h @ recurrent)
            return (h,), h

        return self._run(step, x, (h0,), kernel, bias, reverse, sequences)[0]

    def lstm(
        self, x: Any, h0: Any, c0: Any, kernel: Any, recurrent: Any, bias: Any = None, reverse: bool = False,
        sequences: bool = True,
    ) -> tuple[Any, Any]:  # fmt: skip
        """LSTM with gates i, f, c, o side by side on the last axis of the weights."""
        units = recurrent.shape[0]

        def step(carry: Any, z: Any) -> Any:
            h, c = carry
            z = z + h @ recurrent
            i, f, g, o = (z[:, n * units : (n + 1) * units] for n in range(4))
            c = self.sigmoid(f) * c + self.sigmoid(i) * self.xp.tanh(g)
            h = self.sigmoid(o) * self.xp.tanh(c)
            return (h, c), h

        states, (_, c) = self._run(step, x, (h0, c0), kernel, bias, reverse, sequences)
        return states, c

    def gru(
        self, x: Any, h0: Any, kernel: Any, recurrent: Any, bias: Any = None, reverse: bool = False,
        sequences: bool = True,
    ) -> Any:  # fmt: skip
        """GRU with gates z, r, h, the reset gate applied after the product, bias `(2, 3 units)`."""
        units = recurrent.shape[0]
        first, second = (None, None) if bias is None else (bias[0], bias[1])

        def step(carry: Any, a: Any) -> Any:
            (h,) = carry
            b = h @ recurrent
            if second is not None:
                b = b + second
            z = self.sigmoid(a[:, :units] + b[:, :units])
            r = self.sigmoid(a[:, units : 2 * units] + b[:, units : 2 * units])
            new = self.xp.tanh(a[:, 2 * units :] + r * b[:, 2 * units :])
            h = z * h + (1 - z) * new
            return (h,), h

        return self._run(step, x, (h0,), kernel, first, reverse, sequences)[0]

    def _run(
        self, step: Callable, x: Any, start: tuple, kernel: Any, bias: Any, reverse: bool, sequences: bool
    ) -> tuple[Any, Any]:
        """One product for all steps, then the steps; the states `(batch, steps, units)` or the last, and the last carry."""
        batch, steps, features = x.shape
        z = self.xp.reshape(x, (batch * steps, features)) @ kernel
        z = self.xp.reshape(z if bias is None else z + bias, (batch, steps, kernel.shape[1]))
        z = self.xp.swapaxes(z, 0, 1)
        carry, states = self.scan(
            step if sequences else lambda h, row: (step(h, row)[0], None), start, self.xp.flip(z, 0) if reverse else z
        )
        return (self.xp.swapaxes(states, 0, 1) if sequences else carry[0]), carry
