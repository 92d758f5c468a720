"""Objects in the form of files before Keras 3, by the public names."""

import pytest

from lamina import layers, legacy, utils
from lamina.initializers import Constant


def test_names_and_configs():
    assert utils.legacy.serialize_keras_object is legacy.saving.serialize_keras_object
    saved = utils.legacy.serialize_keras_object(Constant(3.0))
    assert saved == {"class_name": "Constant", "config": {"value": 3.0}}
    again = legacy.saving.deserialize_keras_object(saved, module_objects={"Constant": Constant})
    assert again.get_config() == {"value": 3.0}
    dense = legacy.saving.deserialize_keras_object(
        utils.legacy.serialize_keras_object(layers.Dense(3)), custom_objects={"Dense": layers.Dense}
    )
    assert dense.units == 3
    with pytest.raises(ValueError, match="Unknown thing 'Nowhere'"):
        utils.legacy.deserialize_keras_object("Nowhere", printable_module_name="thing")
