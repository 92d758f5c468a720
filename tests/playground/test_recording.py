"""A recording holds the training that the page would show."""

import json
import re

from lamina.playground._lesson import Lesson
from lamina.playground._material import made_material
from lamina.playground._plan import Plan
from lamina.playground._recording import record, write_recording

PLAN = Plan(data="xor", layers=(3,))


def test_frames_are_those_of_the_lesson():
    found = record(PLAN, epochs=30)
    assert found["frames"][-1]["epoch"] >= 30
    assert 150 <= len(found["frames"]) <= 241
    lesson = Lesson(PLAN, made_material(PLAN))
    lesson.train(found["frames"][-1]["updates"])
    assert lesson.frame() == found["frames"][-1]
    assert found["course"][0]["frame"] == 0 and found["course"][-1]["frame"] == len(found["frames"]) - 1


def test_the_file_holds_it_even_where_the_loss_is_no_number(tmp_path):
    path = tmp_path / "page.html"
    write_recording(str(path), Plan(data="line", layers=(), optimizer="sgd", learning_rate=10.0), epochs=8)
    page = path.read_text()
    recording = json.loads(re.search(r'id="given">(.*?)</script>', page, re.S)[1])["recording"]
    assert recording["frames"][-1]["train"]["loss"] is None
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]
