"""The table of a model."""

import pytest

from lamina.layers import Add, Dense, Input
from lamina.models import Model, Sequential


def text_of(model, **kwargs):
    parts = []
    model.summary(print_fn=parts.append, **kwargs)
    return "\n".join(parts)


def test_layers_shapes_and_counts():
    text = text_of(Sequential([Input((4,)), Dense(3, name="hidden"), Dense(1, name="out")], name="net"))
    assert 'Model: "net"' in text
    lines = [line for line in text.splitlines() if "hidden" in line]
    assert "(Dense)" in lines[0] and "(None, 3)" in lines[0] and "15" in lines[0]
    assert "Total params: 19 (76.00 B)" in text and "Non-trainable params: 0" in text


def test_connections_of_a_graph():
    x = Input((2,), name="x")
    y = Dense(2, name="y")(x)
    text = text_of(Model(x, Add(name="sum")([x, y])))
    row = text[text.index("sum") :]
    assert "Connected to" in text and "x[0][0]" in row and "y[0][0]" in row


def test_unbuilt_frozen_and_nested():
    assert "unbuilt" in text_of(Sequential([Dense(3)]))
    inner = Sequential([Input((2,)), Dense(2, name="deep")])
    inner.trainable = False
    model = Sequential([Input((2,)), inner, Dense(1)])
    assert "deep" not in text_of(model) and "deep" in text_of(model, expand_nested=True)
    assert "Trainable params: 3" in text_of(model) and "Non-trainable params: 6" in text_of(model)
    shown = text_of(model, show_trainable=True)
    assert " Y " in shown and " N " in shown


def test_line_length_and_range():
    model = Sequential([Input((2,)), Dense(1, name="one"), Dense(1, name="two"), Dense(1, name="three")])
    assert max(map(len, text_of(model, line_length=60).splitlines())) <= 60
    part = text_of(model, layer_range=("two", "three"))
    assert "one (" not in part and "two" in part and "three" in part
    with pytest.raises(ValueError, match="no layer matches"):
        text_of(model, layer_range=("four", "five"))


def test_it_prints(capsys):
    Sequential([Input((2,)), Dense(1)], name="printed").summary()
    assert "printed" in capsys.readouterr().out
