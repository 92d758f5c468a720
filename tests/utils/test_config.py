"""Config: named values by attribute and by key."""

import json
import pickle

import pytest

from lamina.utils import Config


def test_values_by_attribute_and_by_key():
    config = Config(rate=0.1, units=[3, 4])
    config.seed = 7
    config["name"] = "a"
    assert (config.rate, config["seed"], config.name) == (0.1, 7, "a")
    assert dict(config) == config.as_dict() == {"rate": 0.1, "units": [3, 4], "seed": 7, "name": "a"}
    assert json.loads(config.to_json()) == config.as_dict() and len(config) == 4 and "rate" in config
    assert "seed" in dir(config) and "seed" in repr(config)
    del config.seed, config["name"]
    config.update(rate=0.2)
    assert config.as_dict() == {"rate": 0.2, "units": [3, 4]} and config.get("seed", 5) == 5
    config.as_dict()["rate"] = 9
    assert config.rate == 0.2


def test_a_frozen_config_does_not_change():
    config = Config(rate=0.1)
    config.freeze()
    assert config.frozen
    for change in (
        lambda: setattr(config, "rate", 1), lambda: config.update(x=1), lambda: config.pop("rate"),
        lambda: delattr(config, "rate"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="it is frozen; call unfreeze"):
            change()
    assert pickle.loads(pickle.dumps(config)).frozen and pickle.loads(pickle.dumps(config)) == config
    config.unfreeze()
    config.rate = 2
    assert not config.frozen and config.rate == 2


def test_a_missing_value_names_the_nearest():
    config = Config(learning_rate=0.1)
    with pytest.raises(AttributeError, match="no value 'learning_rat'. Did you mean 'learning_rate'"):
        config.learning_rat  # noqa: B018
    with pytest.raises(KeyError, match="no value 'x'"):
        config["x"]
    with pytest.raises(AttributeError, match="no value 'x'"):
        del config.x
    with pytest.raises(KeyError, match="no value 'x'"):
        del config["x"]
