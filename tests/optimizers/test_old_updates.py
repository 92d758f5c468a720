"""`get_updates` in the spellings of Keras 1 and 2."""

import pytest

import lamina


@pytest.mark.filterwarnings("ignore")
def test_every_order_of_arguments_names_loss_and_params():
    x = lamina.Input((2,))
    dense = lamina.layers.Dense(1)
    loss, params = lamina.ops.mean(dense(x)), dense.trainable_weights
    optimizer = lamina.optimizers.SGD()
    spellings = [((loss, params), {}), ((params, [], loss), {}), ((params,), {"loss": loss}), ((loss,), {"params": params}),
                 ((), {"loss": loss, "params": params})]  # fmt: skip
    for args, kwargs in spellings:
        (update,) = optimizer.get_updates(*args, **kwargs)
        assert update.loss is loss and update.variables == params
    for args in ((), (params,)):
        with pytest.raises(TypeError, match="expected loss= and params="):
            optimizer.get_updates(*args)
