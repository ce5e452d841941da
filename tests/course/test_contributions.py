"""Contributions: what a student may give to the class, and what of a file is looked at."""

import json
import re

import numpy as np
import pytest

from labs.course import contribute, contributions, start
from tests.course.students import VALUES, said, takes_part

pytestmark = pytest.mark.usefixtures("term")


@pytest.fixture
def content(tmp_path):
    """What a good file holds."""
    takes_part(tmp_path, 7)
    return json.loads(contributions.path("gain", tmp_path).read_text())


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"lesson": "many"}, "lesson must be gain, got 'many'"),
        ({"lesson": ["gain"]}, "lesson must be gain, got ['gain']"),
        ({"version": 2}, "version must be 1, got 2"),
        ({"version": True}, "version must be 1, got True"),
        ({"replicate": 1.5}, "replicate must be a whole number, got 1.5"),
        ({"replicate": -1}, "replicate must be a whole number, got -1"),
        ({"replicate": "7"}, "replicate must be a whole number, got '7'"),
        ({"replicate": True}, "replicate must be a whole number, got True"),
        ({"replicate": 10**300}, "replicate must be a whole number, got 1000"),
        ({"replicate": float("nan")}, "replicate must be a whole number, got nan"),
        ({"scale": "full"}, "scale must be one of lesson, smoke, got 'full'"),
        ({"scale": {}}, "scale must be one of"),
        ({"steps": [1]}, "steps must be"),
        ({"steps": {"mlp": "100"}}, "steps must be"),
        ({"steps": {"mlp": 500}}, "settings must be the code of version, scale and steps"),
        ({"settings": 3}, "settings must be"),
        ({"versions": {"torch": 2}}, "versions must be"),
        ({"versions": None}, "versions must be"),
        ({"seal": 3}, "seal must be a code, got 3"),
        ({"values": [1, 2]}, "values must be"),
        ({"values": {}}, "measures must be gain, cost, slope, got no gain, no cost"),
        ({"values": {**VALUES, "extra": 1}}, "measure must be one of gain, cost, slope"),
        ({"values": {**VALUES, "gain": 101}}, "gain must lie between -100 and 100, got 101"),
        ({"values": {**VALUES, "gain": 10**400}}, "gain must be a finite number"),
        ({"values": {**VALUES, "gain": None}}, "gain must be a finite number, got None"),
        ({"values": {**VALUES, "gain": "29"}}, "gain must be a finite number, got '29'"),
        ({"values": {**VALUES, "gain": True}}, "gain must be a finite number, got True"),
        ({"values": {**VALUES, "gain": [29]}}, "gain must be a finite number, got [29]"),
        ({"name": "Ada"}, "parts must be"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_contribution_with_a_wrong_part_is_refused(content, parts, words):
    with pytest.raises(ValueError, match=f"^{re.escape(words)}"):
        contributions.parsed({**content, **parts}, "gain")
    assert contributions.parsed(content, "gain").values == VALUES


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"gian": 1}, "measure must be one of gain, cost, slope, got 'gian': did you mean 'gain'"),
        ({"gain": float("nan")}, "gain must be a finite number, got nan"),
        ({"gain": 1e9}, "gain must lie between -100 and 100, got 1e.09"),
        ({"gain": "29"}, "gain must be a finite number"),
    ],
)
def test_a_wrong_number_is_refused_before_anything_is_written(tmp_path, monkeypatch, change, words):
    monkeypatch.chdir(tmp_path)
    said(start, "gain", replicate=3)
    with pytest.raises(ValueError, match=words):
        contribute("gain", **{**VALUES, **change})
    with pytest.raises(ValueError, match=r"got no cost$"):
        contribute("gain", gain=1)
    assert [*tmp_path.iterdir()] == []


def test_a_contribution_holds_no_name_and_the_later_replaces_the_earlier(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said(start, "gain", replicate=3, steps={"mlp": 100})
    said(contribute, "gain", **VALUES)
    text = said(contribute, "gain", **{**VALUES, "gain": np.float32(21.5)})
    assert "replicate 3" in text
    found = json.loads((tmp_path / "contributions" / "gain.json").read_text())
    assert set(found) == set(contributions.PARTS)
    assert (found["values"]["gain"], found["replicate"], found["seal"]) == (21.5, 3, None)
    assert {"python", "numpy"} <= set(found["versions"])
