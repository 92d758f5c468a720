"""What moving averages make of a network at the end of a training: those of normalisation, and those of weights."""

from typing import Any

import numpy as np

from lamina import tree
from lamina.diagnosis._course import Averaged
from lamina.diagnosis._network import Network, path_of
from lamina.engines import engine
from lamina.layers import BatchNormalization
from lamina.variables import StateScope

from ._called_through import called_through
from ._pass import affordable_rows, fixed_batch, has_call, some_rows, take

_KEPT = 0.02  # of what the averages began with, below which they are not looked at
_FEWEST = 16  # samples


def statistics_of(model: Any, data: Any, steps: int, loss: float) -> Averaged | None:
    """The network with the moving statistics of its normalisation, beside those of a batch; None where all are warmed up.

    Args:
        data: x, y and sample_weight.
        steps: of this training, and the `loss` at its end.
    """
    network = Network(model)
    steps = _steps(model, steps)
    cold = [layer for layer in network.layers if _is_trained(layer) and layer.momentum**steps > _KEPT]
    if not has_call(model) or not any(_is_far(layer, layer.momentum**steps) for layer in cold):
        return None
    batch = _some(network, data)
    averaged, others = _inferred(model, batch)
    if averaged - loss < 0.2 * abs(loss):
        return None  # in training there is Dropout, too
    seen: list[tuple[Any, np.ndarray]] = []

    def wrap(layer: Any, call: Any) -> Any:
        def calling(inputs: Any, *args: Any, **kwargs: Any) -> Any:
            seen.append((layer, np.asarray(engine.numpy(inputs), dtype="float32")))
            return call(inputs, **{**kwargs, "training": True})

        return calling

    with called_through(cold, wrap):
        trained, outputs = _inferred(model, batch)
    gaps = [(layer, *_distance(layer, values)) for layer, values in seen]
    if not gaps:
        return None
    layer, gap, ratio = max(gaps, key=lambda found: max(found[1], abs(np.log(max(found[2], 1e-12)))))
    return Averaged(
        trained, averaged, layer.momentum**steps, steps, layer.momentum, path_of(layer), gap, ratio,
        other=_other_classes(batch[1], outputs, others),
    )  # fmt: skip


def weights_of(model: Any, data: Any, steps: int, loss: float) -> Averaged | None:
    """The network with the averages of its weights, beside the `loss` that it has without; None where there are none, and where
    they are warmed up. Args as for `statistics_of`."""
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    if not getattr(optimizer, "use_ema", False) or not has_call(model):
        return None
    steps = _steps(model, steps)
    momentum, every = optimizer.ema_momentum, optimizer.ema_overwrite_frequency
    kept = momentum**steps
    if every and every <= steps:
        return Averaged(loss, loss, kept, steps, momentum, every=every, pace=_pace(momentum, every))
    if kept < _KEPT:
        return None
    pairs = [(v, optimizer.slot("average", v)) for v in optimizer._trainable_variables]
    averages = [(v, average.value) for v, average in pairs if average is not None]
    averaged, _ = _inferred(model, _some(Network(model), data), averages)
    return Averaged(loss, averaged, kept, steps, momentum)


def _pace(momentum: float, every: int) -> float:
    """How far an average goes in some steps of the same size, as a share of how far the weights go."""
    places = np.arange(1, every + 1)
    return float((1 - momentum) * np.sum(momentum ** (every - places) * places) / every)


def _is_trained(layer: Any) -> bool:
    return isinstance(layer, BatchNormalization) and layer.built and layer.trainable and not layer.renorm


def _is_far(layer: Any, kept: float) -> bool:
    """Whether moving statistics are far from those of the batches that they have met, if they began with 0 and 1 and are these
    still to the share that is `kept`."""
    mean, variance = layer.moving_mean.numpy(), layer.moving_variance.numpy()
    share = max(1 - kept, 1e-9)
    met = (mean / share, np.maximum((variance - kept) / share, 0) + layer.epsilon)
    gap, ratio = np.median(np.abs(met[0] - mean) / np.sqrt(met[1])), np.median((variance + layer.epsilon) / met[1])
    return bool(gap > 0.5 or not 0.25 < ratio < 4)


def _steps(model: Any, steps: int) -> int:
    """Those of the optimizer, which may have been at work before."""
    return max(steps, int(model.optimizer.iterations.numpy()))


def _some(network: Network, data: Any) -> tuple[Any, Any, Any]:
    size = len(tree.flatten(data[0])[0])
    rows = fixed_batch(network) or max(affordable_rows(network, size), _FEWEST)
    return take(data, some_rows(size, rows))  # type: ignore[no-any-return]


def _inferred(model: Any, batch: tuple[Any, Any, Any], values: Any = ()) -> tuple[float, list[np.ndarray]]:
    """The loss of a batch at inference, with other values of some variables, and the outputs."""
    x, y, sample_weight = batch
    with engine.quiet(), np.errstate(all="ignore"), StateScope(values):
        outputs = model._forward(model._host_inputs(x), training=False)
        loss = model.compute_loss(x=x, y=y, y_pred=outputs, sample_weight=sample_weight, training=False)
        return float(engine.numpy(loss)), [np.asarray(engine.numpy(o)) for o in tree.flatten(outputs)]


def _other_classes(y: Any, outputs: list[np.ndarray], others: list[np.ndarray]) -> float | None:
    """The share of samples to which two outputs give different classes; None where the targets are not known to be classes."""
    targets = [a for a in tree.flatten(y) if a is not None]
    if (
        len(targets) != 1
        or len(outputs) != 1
        or (targets[0].dtype.kind == "f" and not np.isin(targets[0], (0, 1)).all())
    ):
        return None
    one, other = (_classes(o) for o in (outputs[0], others[0]))
    return float(np.mean(one != other))


def _classes(outputs: np.ndarray) -> np.ndarray:
    if outputs.ndim > 1 and outputs.shape[-1] > 1:
        return outputs.argmax(axis=-1)
    are_shares = outputs.min() >= 0 and outputs.max() <= 1
    return outputs > (0.5 if are_shares else 0.0)  # type: ignore[no-any-return]


def _distance(layer: Any, values: np.ndarray) -> tuple[float, float]:
    """How many standard deviations the moving mean is from that of some inputs, and how many times their variance the moving
    one has: the medians of the features."""
    axes = tuple(layer._reduction_axes)
    mean, variance = values.mean(axis=axes), values.var(axis=axes) + layer.epsilon
    gap = np.abs(layer.moving_mean.numpy() - mean) / np.sqrt(variance)
    return float(np.median(gap)), float(np.median((layer.moving_variance.numpy() + layer.epsilon) / variance))
