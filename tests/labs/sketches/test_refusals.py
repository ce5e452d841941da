"""Bad input is refused before any work, by the name of the argument, the rule and the value."""

import re

import numpy as np
import pytest

from labs.sketches import rotations
from labs.sketches.extensions import greedy, least_squares, matched_filter, paths
from labs.sketches.objects import Object, Scene, at, depth, effective_weights, places
from labs.sketches.readouts import (
    Estimate,
    attributes,
    count,
    error_bar,
    mean,
    prefix,
    subset,
    unroll,
)
from labs.sketches.rotations import Blocks, Haar, Rotation, block_columns
from labs.sketches.signatures import read_signature, same, signature
from labs.sketches.sketching import (
    attribute_sketch,
    coefficients,
    input_sketch,
    object_sketch,
    overall_sketch,
    overall_sketches,
    path_columns,
)
from labs.sketches.space import Space

NAN = float("nan")
MODULES = {"face": 2, "eye": 1}
SPACE = Space(16, MODULES, 2)
SIGNED = Space(16, MODULES, 2, signature=4)
ZEROS = np.zeros(16)
FACE, EYE = Object("face", [0.6, 0.8]), Object("eye", [1.0])
PATH = [(0, "face")]
DEEP = Scene([Object("face", [0.6, 0.8], Scene([Object("nose", [1.0])]))])


def space(**changes):
    return Space(**{"d": 16, "modules": MODULES, "positions": 2, **changes})


SCENES = {
    "weights must sum to 1, got 0.9": lambda: Scene([FACE, EYE], [0.5, 0.4]),
    "weights must be numbers from 0 to 1, got [1.5, -0.5]": lambda: Scene([FACE, EYE], [1.5, -0.5]),
    "weights must be numbers from 0 to 1, got [nan, 1.0]": lambda: Scene([FACE, EYE], [NAN, 1.0]),
    "weights must be numbers from 0 to 1, got ['1', 0.0]": lambda: Scene([FACE, EYE], ["1", 0.0]),
    "weights must be 2, one per object, got 1": lambda: Scene([FACE, EYE], [1.0]),
    "weights must sum to 1, got 1.00001": lambda: Scene([FACE, EYE], [0.5, 0.50001]),
    "weights must be a sequence, got 1.0": lambda: Scene([FACE], 1.0),
    "positions must be a sequence, got 0": lambda: Scene([FACE], None, 0),
    "objects must be a sequence, got Object": lambda: Scene(FACE),
    "positions must be 2, one per object, got 1": lambda: Scene([FACE, EYE], None, [0]),
    "position must be a whole number of at least 0, got -1": lambda: Scene([FACE], None, [-1]),
    "position must be a whole number of at least 0, got 0.0": lambda: Scene([FACE], None, [0.0]),
    "position must be a whole number of at least 0, got True": lambda: Scene([FACE], None, [True]),
    "position must be a whole number of at least 0, got '0'": lambda: Scene([FACE], None, "0"),
    "objects must be of type Object, got 'face'": lambda: Scene(["face"]),
    "module must be text, got 3": lambda: Object(3, [1.0]),
    "inputs must be a Scene, got []": lambda: Object("face", [1.0], []),
    "attributes must be finite and of norm at most 1, got norm 1.1": lambda: Object("face", [1.1]),
    "attributes must be finite and of norm at most 1, got norm nan": lambda: Object("face", [NAN]),
    "attributes must be finite and of norm at most 1, got norm inf": lambda: Object(
        "face", [-np.inf]
    ),
    "attributes must be finite and of norm at most 1, got norm 1.00001": lambda: Object(
        "face", [1.00001]
    ),
    "finite and of norm at most 1, got norm 1e+200": lambda: Object("face", [1e200]),
    "attributes must be a vector of at least 1 number, got (1, 1)": lambda: Object("face", [[1.0]]),
    "attributes must be a vector of at least 1 number, got ()": lambda: Object("face", 1.0),
    "attributes must be a vector of at least 1 number, got (0,)": lambda: Object("face", []),
    "attributes must be an array of real numbers, got ['1']": lambda: Object("face", ["1"]),
    "attributes must be an array of real numbers, got [1j]": lambda: Object("face", [1j]),
    "attributes must be an array of real numbers, got [[1], [1, 2]]": lambda: Object(
        "face", [[1], [1, 2]]
    ),
    "scene must be a Scene, got None": lambda: depth(None),
    "scene must be a Scene, got Object": lambda: list(places(FACE)),
    "scene must be a Scene, got 'face'": lambda: effective_weights("face"),
    "positions must be a sequence, got 1": lambda: at(Scene([FACE]), 1),
    "positions must be a path that exists in the scene, got (1,)": lambda: at(Scene([FACE]), (1,)),
}
SPACES = {
    "d must be a whole number of at least 1, got 0": lambda: space(d=0),
    "d must be a whole number of at least 1, got True": lambda: space(d=True),
    "d must be a whole number of at least 1, got '16'": lambda: space(d="16"),
    "d must be a whole number of at least 1, got 16.0": lambda: space(d=16.0),
    "positions must be a whole number of at least 1, got True": lambda: space(positions=True),
    "modules must hold at least 1, got none": lambda: space(modules={}),
    "modules must be name -> number of attributes, got ['a']": lambda: space(modules=["a"]),
    "modules must have text as names, got 3": lambda: space(modules={3: 2}),
    "attributes of face must be at most d = 16, got 17": lambda: space(modules={"face": 17}),
    "attributes of face must be a whole number of at least 1, got True": lambda: space(
        modules={"face": True}
    ),
    "seed must be a whole number of at least 0, got -1": lambda: space(seed=-1),
    "seed must be a whole number of at least 0, got '0'": lambda: space(seed="0"),
    "seed must be a whole number of at least 0, got False": lambda: space(seed=False),
    "reading must be one of A, B, got 'C'": lambda: space(reading="C"),
    "maps must be one of structured, haar, got 'har': did you mean 'haar'?": lambda: space(
        maps="har"
    ),
    "signature must be a whole number from 0 to 16, got 17": lambda: space(signature=17),
    "signature must be a whole number from 0 to 16, got True": lambda: space(signature=True),
    "length of blocks must divide d = 16, got 5": lambda: space(blocks=Blocks(5, 0.5)),
    "length of blocks must divide d = 16, got 32": lambda: space(blocks=Blocks(32, 0.5)),
    "length must be a whole number of at least 1, got '4'": lambda: space(blocks=Blocks("4", 0.5)),
    "share of blocks must be a number above 0 and at most 1, got 0": lambda: space(
        blocks=Blocks(4, 0)
    ),
    "share of blocks must be a number above 0 and at most 1, got nan": lambda: space(
        blocks=Blocks(4, NAN)
    ),
    "blocks must be Blocks(length, share), got (4, 0.5)": lambda: space(blocks=(4, 0.5)),
    "position must be a whole number from 0 to 1, got 2": lambda: SPACE.position(2),
    "position must be a whole number from 0 to 1, got True": lambda: SPACE.position(True),
    "module must be one of face, eye, got 'fac': did you mean 'face'?": lambda: SPACE.module("fac"),
    "module must be one of face, eye, got 'e'": lambda: SPACE.columns("e"),
    "module must be one of face, eye, got 'y'": lambda: SPACE.object_columns("y"),
    "weights must be numbers, one per level, got none": lambda: SPACE.gain(()),
    "weights must be a sequence, got 0.5": lambda: SPACE.gain(0.5),
    "weight must be a number from 0 to 1, got 1.5": lambda: SPACE.gain((0.5, 1.5)),
    "weight must be a number from 0 to 1, got nan": lambda: SPACE.gain((NAN,)),
    "weight must be a number from 0 to 1, got 'a'": lambda: SPACE.gain("a"),
    "must be one of attributes, count, got 'signature'": lambda: SPACE.gain((1.0,), "signature"),
    "d must be a whole number of at least 1, got -2": lambda: Rotation(-2, "a"),
    "name must hold a text, got ''": lambda: Rotation(2, ""),
    "name must be text, got 2": lambda: Haar(2, 2),
    "seed must be a whole number of at least 0, got 0.5": lambda: Haar(2, "a", 0.5),
    "x must be of shape (..., 2), got ()": lambda: Rotation(2, "a").apply(1.0),
    "x must be of shape (..., 2), got (2, 1)": lambda: Rotation(2, "a").transpose(np.ones((2, 1))),
    "x must be of shape (..., 2), got (3,)": lambda: Haar(2, "a").apply(np.ones(3)),
    "x must be of shape (..., 2), got (1,)": lambda: Haar(2, "a").transpose([1.0]),
    "x must be an array of real numbers, got None": lambda: Rotation(2, "a").apply(None),
    "count must be a whole number of at least 1, got 0": lambda: block_columns(
        8, 0, Blocks(4, 0.5), "a"
    ),
    "seed must be a whole number of at least 0, got -2": lambda: block_columns(
        8, 1, Blocks(4, 0.5), "a", -2
    ),
}
SKETCHES = {
    "scene must be a Scene, got []": lambda: overall_sketch(SPACE, []),
    "module must be one of face, eye, got 'nose'": lambda: overall_sketch(SPACE, DEEP),
    "got 'nose'": lambda: overall_sketches(SPACE, [Scene([FACE]), DEEP]),
    "position must be a whole number from 0 to 1, got 2": lambda: overall_sketch(
        SPACE, Scene([FACE], None, [2])
    ),
    "attributes of eye must be 1, got 2": lambda: overall_sketch(
        SPACE, Scene([Object("eye", [0.6, 0.8])])
    ),
    "attributes of face must be 2, got 1": lambda: coefficients(SPACE, Object("face", [1.0])),
    "item must be an Object, got 'face'": lambda: coefficients(SPACE, "face"),
    "path must hold at least one (position, module), got none": lambda: path_columns(SPACE, []),
    "path must be of pairs (position, module), got 'face'": lambda: path_columns(SPACE, ["face"]),
    "position must be a whole number from 0 to 1, got 7": lambda: path_columns(
        SPACE, [*PATH, (7, "eye")]
    ),
    "module must be one of face, eye, got 'ear'": lambda: path_columns(SPACE, [*PATH, (0, "ear")]),
    "space must be a Space, got Scene": lambda: overall_sketch(Scene([FACE]), SPACE),
    "space must be a Space, got None": lambda: overall_sketches(None, []),
    "space must be a Space, got [(0, 'face')]": lambda: path_columns(PATH, SPACE),
    "scenes must be a sequence, got None": lambda: overall_sketches(SPACE, None),
    "scene must be a Scene, got Object": lambda: input_sketch(SPACE, FACE),
    "item must be an Object, got Scene": lambda: object_sketch(SPACE, DEEP),
    "item must be an Object, got None": lambda: attribute_sketch(SPACE, None),
    "path must be a sequence, got None": lambda: path_columns(SPACE, None),
    "numbers must be a whole number of at least 1, got 0": lambda: signature(FACE, 0),
}
READOUTS = {
    "gain must be a number above 0, got 0": lambda: error_bar(ZEROS, 0),
    "gain must be a number above 0, got nan": lambda: attributes(SPACE, ZEROS, "face", NAN),
    "gain must be a number above 0, got -1.0": lambda: count(SPACE, ZEROS, "face", -1.0),
    "gain must be a number above 0, got inf": lambda: count(SPACE, ZEROS, "face", np.inf),
    "gain must be a number above 0, got '1'": lambda: error_bar(ZEROS, "1"),
    "module must be one of face, eye, got 'nose'": lambda: attributes(SPACE, ZEROS, "nose", 1.0),
    "module must be one of face, eye, got 'ear'": lambda: count(SPACE, ZEROS, "ear", 1.0),
    "module must be one of face, eye, got 3": lambda: mean(SPACE, ZEROS, 3),
    "sketch must be of shape (..., 16), got (15,)": lambda: attributes(
        SPACE, ZEROS[1:], "face", 1.0
    ),
    "sketch must be of shape (..., 16), got (16, 1)": lambda: count(
        SPACE, ZEROS[:, None], "eye", 1.0
    ),
    "sketch must be of shape (..., 16), got ()": lambda: unroll(SPACE, 1.0, ()),
    "sketch must be of shape (..., d), d at least 1, got ()": lambda: error_bar(1.0, 1.0),
    "sketch must be of shape (..., d), d at least 1, got (3, 0)": lambda: error_bar(
        np.empty((3, 0)), 1.0
    ),
    "sketch must be of shape (..., d), d at least 1, got (0,)": lambda: prefix([], 1),
    "space must be a Space, got array": lambda: attributes(ZEROS, SPACE, "face", 1.0),
    "space must be a Space, got 'face'": lambda: mean("face", ZEROS, SPACE),
    "space must be a Space, got None": lambda: unroll(None, ZEROS, ()),
    "sketch must be an array of real numbers, got 'abc'": lambda: unroll(SPACE, "abc", ()),
    "position must be a whole number from 0 to 1, got 3": lambda: unroll(SPACE, ZEROS, (0, 3)),
    "position must be a whole number from 0 to 1, got -1": lambda: mean(
        SPACE, ZEROS, "eye", positions=[-1]
    ),
    "positions must be a sequence, got 0": lambda: unroll(SPACE, ZEROS, 0),
    "positions must be a sequence, got 1": lambda: mean(SPACE, ZEROS, "eye", positions=1),
    "keep must be a whole number from 1 to 16, got 17": lambda: prefix(ZEROS, 17),
    "keep must be a whole number from 1 to 16, got 0": lambda: prefix(ZEROS, 0),
    "keep must be a whole number from 1 to 16, got True": lambda: prefix(ZEROS, True),
    "keep must be a whole number from 1 to 16, got 2.0": lambda: prefix(ZEROS, 2.0),
    "kept must be different places from 0 to 15, got [1 1]": lambda: subset(ZEROS, [1, 1]),
    "kept must be different places from 0 to 15, got [16]": lambda: subset(ZEROS, [16]),
    "kept must be different places from 0 to 15, got [-1]": lambda: subset(ZEROS, [-1]),
    "kept must be different places from 0 to 15, got [0.5]": lambda: subset(ZEROS, [0.5]),
    "kept must be different places from 0 to 15, got []": lambda: subset(ZEROS, []),
    "kept must be different places from 0 to 15, got [[0 1]]": lambda: subset(ZEROS, [[0, 1]]),
    "kept must be different places from 0 to 15, got [ True": lambda: subset(ZEROS, ZEROS == 0),
}
EXTENSIONS = {
    "weight must be a number above 0 and at most 1, got 0.0": lambda: matched_filter(
        SPACE, ZEROS, PATH, 0.0
    ),
    "weight must be a number above 0 and at most 1, got '1'": lambda: matched_filter(
        SPACE, ZEROS, PATH, "1"
    ),
    "path must hold at least one (position, module), got none": lambda: matched_filter(
        SPACE, ZEROS, [], 1.0
    ),
    "sketch must be of shape (..., 16), got (8,)": lambda: matched_filter(
        SPACE, np.zeros(8), PATH, 1.0
    ),
    "tree must hold at least one object, got none": lambda: least_squares(SPACE, ZEROS, Scene()),
    "module must be one of face, eye, got 'nose'": lambda: least_squares(SPACE, ZEROS, DEEP),
    "weight must be a number above 0 and at most 1, got 0": lambda: least_squares(
        SPACE, ZEROS, [(PATH, 0)]
    ),
    "paths must be different, got [((0, 'face'),), ((0, 'face'),)]": lambda: least_squares(
        SPACE, ZEROS, Scene([FACE, FACE], None, [0, 0])
    ),
    "unknown numbers must be at most d = 3, got 4": lambda: least_squares(
        Space(3, MODULES, 2), np.zeros(3), Scene([FACE, FACE])
    ),
    "unknown numbers must be at most d = 16, got 17": lambda: least_squares(
        Space(16, {"a": 1}, 1, signature=16), ZEROS, [([(0, "a")], 1.0)]
    ),
    "columns must be 2 independent ones, got rank": lambda: least_squares(
        space(blocks=Blocks(16, 1e-9)), ZEROS, Scene([FACE])
    ),
    "objects must be a whole number of at least 1, got 0": lambda: greedy(SPACE, ZEROS, 0),
    "objects must be at most 4 in this space, got 5": lambda: greedy(SPACE, ZEROS, 5),
    "objects must be at most 2 in this space, got 3": lambda: greedy(
        SPACE, ZEROS, 3, positions=[1, 1]
    ),
    "objects must be at most 2 in this space, got 4": lambda: greedy(SIGNED, ZEROS, 4),
    "position must be a whole number from 0 to 1, got 2": lambda: greedy(
        SPACE, ZEROS, 1, positions=[2]
    ),
    "weight must be a number above 0 and at most 1, got 2": lambda: greedy(
        SPACE, ZEROS, 1, weight=2
    ),
    "sketch must be of shape (16,), got (1, 16)": lambda: greedy(SPACE, ZEROS[None], 1),
    "tree must be a sequence, got None": lambda: least_squares(SPACE, ZEROS, None),
    "tree must be of pairs (path, weight), got (0, 'face', 1.0)": lambda: least_squares(
        SPACE, ZEROS, [(0, "face", 1.0)]
    ),
    "path must be a sequence, got 0": lambda: least_squares(SPACE, ZEROS, [(0, "face")]),
    "sketch must hold finite numbers, got nan or infinity": lambda: least_squares(
        SPACE, ZEROS * NAN, Scene([FACE])
    ),
    "must hold finite numbers, got nan or infinity": lambda: greedy(SPACE, ZEROS + np.inf, 1),
    "positions must be a sequence, got 0": lambda: greedy(SPACE, ZEROS, 1, positions=0),
    "scene must be a Scene, got []": lambda: list(paths([])),
    "item must be an Object, got 'face'": lambda: signature("face", 8),
    "a must be an Estimate, got (1.0, 0.0)": lambda: same((1.0, 0.0), (1.0, 0.0)),
    "value of b must be of shape (..., n), got ()": lambda: same(
        Estimate(np.ones(2), 0.0), Estimate(1.0, 0.0)
    ),
    "error of a must be at least 0, got -1.0": lambda: same(
        Estimate(np.ones(2), -1.0), Estimate(np.ones(2), 0.0)
    ),
    "signature of the space must be at least 1, got 0": lambda: read_signature(SPACE, ZEROS, 1.0),
    "gain must be a number above 0, got 0.0": lambda: read_signature(SIGNED, ZEROS, 0.0),
    "sketch must be of shape (..., 16), got (4,)": lambda: read_signature(SIGNED, ZEROS[:4], 1.0),
    "signature b must be of 2 numbers, got 3": lambda: same(
        Estimate(np.ones(2), np.array(1.0)), Estimate(np.ones(3), np.array(1.0))
    ),
    "signatures must be of shapes that go together, got (3, 2) and (4, 2)": lambda: same(
        Estimate(np.ones((3, 2)), 1.0), Estimate(np.ones((4, 2)), 1.0)
    ),
    "prior must be a number from 0 to 1, got 1.1": lambda: same(
        Estimate(np.ones(2), np.array(1.0)), Estimate(np.ones(2), np.array(1.0)), prior=1.1
    ),
}
TABLE = [
    *SCENES.items(),
    *SPACES.items(),
    *SKETCHES.items(),
    *READOUTS.items(),
    *EXTENSIONS.items(),
]


@pytest.mark.parametrize(("message", "call"), TABLE, ids=[message for message, _ in TABLE])
def test_bad_input_is_refused(message, call):
    with pytest.raises((ValueError, TypeError), match=re.escape(message)):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda space: overall_sketches(space, [Scene([FACE]), Scene([FACE], None, [5])]),
        lambda space: path_columns(space, [*PATH, (0, "nose")]),
        lambda space: unroll(space, ZEROS, (0, 5)),
        lambda space: attributes(space, ZEROS, "face", 1.0, positions=(0, 5)),
        lambda space: attributes(space, ZEROS, "face", 0.0),
        lambda space: matched_filter(space, ZEROS, PATH, 2.0),
        lambda space: least_squares(space, ZEROS, [(PATH, 0.5), ([(5, "face")], 0.5)]),
        lambda space: greedy(space, ZEROS, 1, positions=[0, 5]),
    ],
)
def test_bad_input_is_refused_before_any_rotation(call, monkeypatch):
    def turn(*_):
        raise AssertionError("something was done")

    fresh = space()
    monkeypatch.setattr(rotations.Rotation, "apply", turn)
    monkeypatch.setattr(rotations.Rotation, "transpose", turn)
    with pytest.raises(ValueError, match="must be"):
        call(fresh)
