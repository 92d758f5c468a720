"""Arguments of Keras 1 and 2."""

import pytest

import lamina


@pytest.mark.filterwarnings("ignore")
def test_a_negative_decay_is_refused():
    with pytest.raises(ValueError, match="decay"):
        lamina.optimizers.SGD(lr=0.1, decay=-0.1)
    assert float(lamina.optimizers.SGD(lr=0.1, decay=0.1).learning_rate) == pytest.approx(0.1)
