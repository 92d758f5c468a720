"""The contract of an engine: what a module must offer to run lamina. `lamina.engines.native` is the reference.

An engine is a module, registered with `lamina.engines.register_engine(name, import_path)`. It deals in arrays only and
knows nothing of layers. Everything above it is written once over these names; a name joins the contract when two engines
need it. `docs/engines.md` shows how to write one.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, runtime_checkable

Tensor = Any


class Nn(Protocol):
    """Kernels beyond the array namespace. All are elementwise unless they say otherwise."""

    def relu(self, x: Tensor) -> Tensor:
        """max(x, 0), with gradient 0 at 0."""

    def sigmoid(self, x: Tensor) -> Tensor:
        """1 / (1 + exp(-x)), without overflow."""

    def softplus(self, x: Tensor) -> Tensor:
        """log(1 + exp(x)), without overflow."""

    def softmax(self, x: Tensor, axis: int = -1) -> Tensor:
        """exp(x) over its sum along an axis, without overflow."""

    def log_softmax(self, x: Tensor, axis: int = -1) -> Tensor:
        """The logarithm of softmax, without overflow."""

    def erf(self, x: Tensor) -> Tensor:
        """The error function."""

    def erfinv(self, x: Tensor) -> Tensor:
        """Its inverse."""

    def lgamma(self, x: Tensor) -> Tensor:
        """The logarithm of the absolute value of the gamma function."""

    def digamma(self, x: Tensor) -> Tensor:
        """The derivative of lgamma."""

    def top_k(self, x: Tensor, k: int, sorted: bool = True) -> tuple[Tensor, Tensor]:
        """The k largest entries of the last axis and their positions (int32)."""

    def bitcast(self, x: Tensor, dtype: Any) -> Tensor:
        """The bytes of `x` read as another dtype; the last axis shrinks or grows with its size."""

    def made_by(self, name: str, y: Tensor, **params: Any) -> Tensor | None:
        """The x of which y is `name(x)` ("softmax" with its axis, or "sigmoid"), if the engine can tell; else None."""

    def take_rows(self, x: Tensor, places: Tensor) -> Tensor:
        """`x[places]` for places known to lie within the first axis."""

    def scatter(self, x: Tensor, indices: Tensor, updates: Tensor, mode: str = "set") -> Tensor:
        """`x` with updates at `indices` `(..., k)` on the first k axes; mode set, add, multiply, max or min."""

    def segment_sum(self, data: Tensor, segment_ids: Tensor, num_segments: int) -> Tensor:
        """Sums of rows with equal ids; ids out of range are dropped."""

    def dynamic_slice(self, x: Tensor, starts: Any, sizes: Sequence[int]) -> Tensor:
        """The window of `sizes` at `starts` (which may be traced), moved inside if it sticks out."""

    def dynamic_update_slice(self, x: Tensor, update: Tensor, starts: Any) -> Tensor:
        """`x` with `update` written at `starts`."""

    def conv(self, x: Tensor, kernel: Tensor, strides: Any, padding: Any, dilation: Any, groups: int) -> Tensor:
        """Convolution of any rank: x `(batch, *spatial, channels)`, kernel `(*window, channels // groups, filters)`, padding
        a pair for each spatial axis."""

    def conv_transpose(
        self, x: Tensor, kernel: Tensor, spatial: Any, strides: Any, padding: Any, dilation: Any, groups: int
    ) -> Tensor:
        """The transpose of `conv` in its input, which has the sizes `spatial`."""

    def max_pool(self, x: Tensor, window: Any, strides: Any, padding: Any) -> Tensor:
        """The largest entry of each window; padding counts as lowest."""

    def window_sum(self, x: Tensor, window: Any, strides: Any, padding: Any) -> Tensor:
        """The sum of each window; padding counts as zero."""

    # The recurrent kernels may take one more argument, `mask=None`, `(batch, steps)`: where it is False, the states stay as
    # they are. With an engine whose kernels do not, layers go step by step where there is a mask.

    def simple_rnn(
        self, x: Tensor, h0: Tensor, kernel: Tensor, recurrent: Tensor, bias: Any = None, reverse: bool = False,
        sequences: bool = True,
    ) -> Tensor:  # fmt: skip
        """tanh(x·kernel + h·recurrent + bias) over the steps of x `(batch, steps, features)`: all states in the order of
        processing (last step first with `reverse`), or with `sequences=False` the last one `(batch, units)`."""

    def lstm(
        self, x: Tensor, h0: Tensor, c0: Tensor, kernel: Tensor, recurrent: Tensor, bias: Any = None,
        reverse: bool = False, sequences: bool = True,
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        """LSTM with gates i, f, c, o side by side on the last axis of the weights: states as above, and the last cell."""

    def gru(
        self, x: Tensor, h0: Tensor, kernel: Tensor, recurrent: Tensor, bias: Any = None, reverse: bool = False,
        sequences: bool = True,
    ) -> Tensor:  # fmt: skip
        """GRU with gates z, r, h, the reset gate applied after the product, bias `(2, 3 units)`: states as above."""


class Random(Protocol):
    """Draws that are pure functions of `seed`, an array of two unsigned ints (seed, counter)."""

    def uniform(self, seed: Tensor, shape: Sequence[int], dtype: Any = "float32") -> Tensor:
        """Uniform in [0, 1)."""

    def bernoulli(self, seed: Tensor, shape: Sequence[int], chance: float) -> Tensor:
        """True with probability `chance`, a number."""

    def normal(self, seed: Tensor, shape: Sequence[int], dtype: Any = "float32") -> Tensor:
        """Standard normal."""

    def randint(self, seed: Tensor, shape: Sequence[int], low: Any, high: Any, dtype: Any = "int32") -> Tensor:
        """Integers in [low, high)."""

    def permutation(self, seed: Tensor, n: int) -> Tensor:
        """The integers 0 ... n-1 in random order."""

    def bits(self, seed: Tensor, shape: Sequence[int], by_sample: bool = True) -> Tensor:
        """31 random bits each, int32 from 0 up, by Threefry-2x32 of the seed and the place: the same on every engine.

        by_sample: whether the first axis is that of the samples of a batch: a process that computes some of its rows draws what
        these have in the whole batch.
        """

    def first_row(self, size: int) -> int:
        """Where in a batch the rows begin that this process computes, `size` of them."""

    def gamma(self, seed: Tensor, alpha: Tensor, dtype: Any = "float32") -> Tensor:
        """Gamma with shape `alpha` and scale one."""


class Compiled(Protocol):
    """What `compile` returns."""

    def __call__(self, *args: Any) -> Any:
        """What the function returns, as tensors."""

    def loop(self, *args: Any, rows: Any, start: int = 0, stop: int | None = None, collect: bool = False) -> Any:
        """`fn(*args, row)` for each of `rows[start:stop]` in turn, donated state carried on; the last result, or with
        `collect` the stacked results. Called with one array of rows and other bounds, it should not compile again."""

    # Where COSTLY_TRACES: times(*args), how many times the rows of the arguments that are not donated a call had better have.


@runtime_checkable
class Engine(Protocol):
    """The module itself."""

    NAME: str
    """The name in `LAMINA_ENGINE`."""
    MUTABLE: bool
    """Whether variables keep one array for life that is updated in place, and compiled functions bind to it."""
    TRACES_FFT: bool
    """Whether `xp.fft` takes traced tensors and has gradients; if not, products with the matrix of the transform do."""
    COSTLY_TRACES: bool
    """Whether a batch of another size costs a compilation that is felt, so that the last batch is better filled up."""
    xp: Any
    """An array namespace with NumPy's names."""
    nn: Nn
    random: Random
    Spec: type
    """Shape and dtype without data: `Spec(shape, dtype)`."""

    ConcreteValueError: type
    """What a traced tensor raises when its value is asked for."""

    def devices(self) -> list[str]:
        """The devices it can compute on, such as `["gpu:0", "gpu:1"]`."""

    def device(self) -> str:
        """What arrays lie on, in words."""

    def resident(self, x: Any) -> Tensor:
        """An array of the user's where compiled steps gather from; it is used as long as one run lasts."""

    def can_hold(self, arrays: Sequence[Any]) -> bool:
        """Whether `resident` has room for these arrays; if not, batches are made on the host."""

    def prefetch(self, batches: Any) -> Any:
        """The batches of an iterator, brought to where steps compute before they are asked for."""

    # Optional names. LAYER_BASE: a class that layers inherit from too. HALF_PRODUCTS: the names of the 16-bit
    # floats whose products are best left in that dtype. enable_determinism(): see `config.enable_determinism`.
    # distribution: a module for several devices and processes (see those of the jax and torch engines): list_devices,
    # initialize, num_processes, process_id, gather, check, mesh, sharding, lay_out, share, mean.
    # recall(wanted, given): a function that computes tensors of a trace that has ended from others of it (see the native
    # engine, whose compiled functions have `prepare(*args, row=row)`: trace what `loop` will run on such rows).
    # nn.int8_matmul(a, b): the product in int32 of two int8 arrays, exact.
    # nn.attention, nn.layer_norm, nn.batch_norm: kernels for what
    # `ops.dot_product_attention`, `ops.layer_normalization` and BatchNormalization in training otherwise put together
    # from smaller ones (see the torch engine; the native one has the last).

    def tensor(self, x: Any, dtype: Any = None) -> Tensor:
        """`x` as a tensor, without a copy where possible. Text has no tensors: arrays of strings stay NumPy arrays."""

    def is_tensor(self, x: Any) -> bool:
        """Whether `x` is a tensor of this engine."""

    def is_traced(self, x: Any) -> bool:
        """Whether `x` stands for a value that is not known, inside a function that is compiled or whose spec is asked."""

    def numpy(self, x: Tensor) -> Any:
        """The values as a NumPy array."""

    def cast(self, x: Tensor, dtype: Any) -> Tensor:
        """`x` in another dtype."""

    def quiet(self) -> Any:
        """A block for short work beside programs: no thread that it starts goes on spinning, and takes a core from them."""

    def eagerly(self) -> Any:
        """A context in which what is computed from known values is known at once, even while a function is traced."""

    def spec(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What `fn` returns, as Specs, without computing it; Specs among the arguments stand for tensors."""

    def value_and_grad(self, fn: Callable[..., Any], argnums: Any = 0, has_aux: bool = False) -> Callable[..., Any]:
        """A function that returns `(fn(*args), gradients)`."""

    def compile(
        self, fn: Callable[..., Any], donate: Sequence[int] = (), resident: Sequence[int] = (),
        progress: dict[str, int] | None = None,
    ) -> Compiled:  # fmt: skip
        """A fast version of a pure function: arguments `donate` are overwritten by the first results, arguments
        `resident` stay the same from call to call. In `progress` the engine keeps what a run that is gone on with in
        another process must know of the programs, if there is anything."""

    def scan(
        self,
        f: Callable[..., Any],
        init: Any,
        xs: Any = None,
        length: Any = None,
        reverse: bool = False,
        unroll: Any = 1,
    ) -> Any:
        """`carry, y = f(carry, x)` over the leading axis; the last carry and the stacked ys."""

    def while_loop(
        self, cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, maximum_iterations: Any = None
    ) -> Any:
        """Repeats body while cond."""

    def cond(self, pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any]) -> Any:
        """One of two functions, by a scalar that may be traced."""

    def vectorized_map(self, function: Callable[..., Any], elements: Any) -> Any:
        """`function` on each entry of the leading axis, stacked."""

    def remat(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """`fn`, whose intermediate values are computed again for the gradient where that saves memory."""

    def stop_gradient(self, x: Any) -> Any:
        """`x` as a constant for differentiation."""

    def custom_gradient(self, fun: Callable[..., Any]) -> Callable[..., Any]:
        """Decorator for `fun(*args) -> (value, grad)`."""

    def GradientTape(self, persistent: bool = False, watch_accessed_variables: bool = True) -> Any:
        """Records what happens inside a `with` block, for `gradient(target, sources)`."""

    # Only where MUTABLE: what variables live in.

    def new_storage(self, value: Tensor) -> Any:
        """A copy of `value`, contiguous, that a variable owns."""

    def storage_view(self, storage: Any) -> Tensor:
        """The tensor over a variable's storage that its readers get; it changes with the storage."""

    def apart(self, x: Tensor, others: list[Any]) -> Tensor:
        """`x`, copied if it may lie in the memory of one of the others (tensors, arrays)."""

    def write(self, storage: Any, value: Tensor) -> None:
        """Copies `value` into a storage."""

    def shares_storage(self, a: Any, b: Any) -> bool:
        """Whether one storage is a part of the other."""

    def on_variable_read(self, variable: Any, value: Tensor) -> Tensor:
        """Told of every variable read while a tape exists; returns what to use for it."""
