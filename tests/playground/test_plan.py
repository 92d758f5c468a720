"""What a page may ask for."""

import pytest

from lamina.playground._plan import Plan, plan_of, plan_of_link
from lamina.serving._refused import Refused


def test_what_is_left_out_is_as_by_default():
    assert plan_of({}) == Plan()
    assert plan_of({"layers": [3], "seed": 7}) == Plan(layers=(3,), seed=7)
    assert plan_of(Plan(layers=(1, 2)).to_dict()) == Plan(layers=(1, 2))


@pytest.mark.parametrize(
    "document, words",
    [
        ([], "object"),
        ({"colour": 1}, "colour"),
        ({"data": "cats"}, "data must be one of"),
        ({"noise": 0.6}, "noise must be a number from 0 to 0.5"),
        ({"noise": True}, "noise"),
        ({"layers": [9]}, "layers must be at most 6"),
        ({"layers": [2] * 7}, "layers"),
        ({"layers": "22"}, "layers"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"batch_size": 2.5}, "batch_size must be a whole number"),
        ({"seed": -1}, "seed"),
        ({"test_share": 0.95}, "test_share"),
    ],
)
def test_anything_else_is_refused_by_name(document, words):
    with pytest.raises(Refused, match=words) as caught:
        plan_of(document)
    assert caught.value.status == 422


def test_a_link_tells_the_plan():
    link = "http://127.0.0.1:8080/#data=xor&layers=3%2C2&learning_rate=0.1&batch_size=4&lang=ko&updates=40&point=3"
    assert plan_of_link(link) == Plan(data="xor", layers=(3, 2), learning_rate=0.1, batch_size=4)
    assert plan_of_link("#layers=&data=line") == Plan(data="line", layers=())
    assert plan_of_link("") == Plan()
    with pytest.raises(Refused, match="no number"):
        plan_of_link("#seed=x")
