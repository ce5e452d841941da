"""The cells, and what is measured of each.

Replicate r draws all matrices, scenes, days, data and networks anew; all arms and sizes of a
question share scenes and networks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from labs.sketches.config import (
    AVERAGED,
    COLUMNS,
    CONCEPTS,
    CONTROL,
    CONTROLS,
    COSINES,
    COUNTS,
    DEPTHS,
    DETECTION,
    ENCODINGS,
    ERASED,
    ERASURES,
    METHODS,
    OTHERS,
    PLACES,
    REPEATED,
    SHARED,
    SLOTS,
    SUMS,
    UNCUT,
    WAVEFORMS,
    Config,
)
from labs.sketches.published import FANS, OBJECTS, WEIGHTS
from labs.sketches.rotations import NAME as NAME


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One question asked of sketches of one size."""

    question: str
    arm: str = ""  # of the question
    d: int  # numbers of a sketch
    keep: int = 0  # of them that are left; 0: all
    objects: int = 0  # at the top of a scene
    weight: float = 0.0  # of the first of them; 0: all alike
    cosine: float = 0.0  # of the attributes of an object that two scenes share
    fan: int = 0  # objects that every object is made of
    depth: int = 1  # levels of objects
    repeats: int = 0  # objects of one module
    together: int = 0  # scenes in one sketch
    days: int = 0  # of a year
    sketches: int = 0  # that columns are recovered from
    share: float = 0.0  # of blocks of a column that are not zero
    fitted: int = 0  # examples
    tested: int = 0  # examples
    trials: int = 0  # scenes, pairs or sketches that are averaged over
    steps: int = 0  # of the training of a network
    replicate: int


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is measured; errors are per number that is read, attributes of an object have norm 1."""

    desynchronization: float | None = None  # rms <Rx, y> of unit vectors
    leak: float | None = None  # mean <Tx, x>
    scale: float | None = None  # mean <Tx, Tx>
    cosine_rms: float | None = None  # of sketches without a common module
    product: float | None = None  # mean <s, s'>
    auc: float | None = None  # of telling pairs with a common module from pairs without
    ratio: float | None = None  # mean |s - s'| / eps
    largest_ratio: float | None = None
    error: float | None = None  # rms
    bias: float | None = None  # mean error
    bar: float | None = None  # rms of the error bars that the sketches tell
    largest_error: float | None = None  # of an exact method
    histogram: float | None = None  # share of scenes whose ten counts are all right
    slot: float | None = None  # share of slots whose digit is right
    count_error: float | None = None  # rms, digits per scene
    waveform: float | None = None  # rms error of a waveform's point
    network_slot: float | None = None  # the same of what the network saw, without any sketch
    network_histogram: float | None = None
    network_waveform: float | None = None
    nearest: float | None = None  # share of slots whose waveform is nearest to its own template
    frequency: float | None = None  # rms error of a class's share of a year's objects
    mornings: float | None = None  # of its share in mornings less that in evenings
    shape: float | None = None  # of a point of its mean waveform
    alike: float | None = None  # 1 less Spearman's correlation with what days share
    third: float | None = None  # rms error of a point of a day's third object
    accuracy: float | None = None  # percent of tested examples, of a linear probe
    gap: float | None = None  # mean cosine of two inputs of one class less that of two classes
    class_auc: float | None = None  # of telling pairs of one class from others by their cosine
    channels: float | None = None  # correlation of channels' weights and what is read of them
    own_accuracy: float | None = None  # percent, of the network itself
    columns: float | None = None  # share of a network's columns that are found (|cos| > 0.9)
    ceiling: float | None = None  # share of them that have a block at all
    glued: float | None = None  # share found from atoms alone
    atoms: float | None = None  # share of the true blocks of columns that are found
    false: float | None = None  # estimates that are no column's, per true column
    correlation: float | None = None  # of coefficients and true activities, of columns found
    counts_known: float | None = None  # share of modules whose count is found and known as one
    count_ceiling: float | None = None  # share of modules whose count has a block at all
    placed: float | None = None  # share of the columns found that are placed in their module
    placed_by_chance: float | None = None  # of groups dealt at random
    grouped: float | None = None  # share of all columns that are found and placed
    unexplained: float | None = None  # share of the sketches' squares that activities leave
    determined: float | None = None  # share of unknown columns that the samples determine
    spearman: float | None = None  # correlation of products of sketches and shared digits
    top: float | None = None  # mean shared digits of the ten scenes with the largest products
    oracle_top: float | None = None  # of the ten that share most
    random_top: float | None = None  # of all
    overlap_0: float | None = None  # mean product where no digit is shared, and so on
    overlap_1: float | None = None
    overlap_2: float | None = None
    overlap_3: float | None = None
    purity: float | None = None  # of ten clusters
    points: np.ndarray | None = None  # sketches of scenes in a plane (300, 2)
    labels: np.ndarray | None = None  # their digits (300, 3)
    shares: list[float] | None = None  # of the variance along its two axes
    shown: list[int] | None = None  # digits of the scene of the picture (3,)
    signals: np.ndarray | None = None  # (3, 40)
    waveforms: np.ndarray | None = None  # (3, 12)
    sketch: np.ndarray | None = None  # (d,)
    counts: np.ndarray | None = None  # read (10,)
    counts_error: float | None = None  # error bar
    read: np.ndarray | None = None  # waveforms by slot (3, 12)
    read_error: float | None = None  # error bar


def cells(config: Config) -> list[Cell]:
    """All questions; of each, replicate by replicate, the sizes and arms that share its work."""
    pictures = [
        Cell(question="picture", d=2048, objects=3, replicate=0),
        Cell(question="plane", d=512, objects=3, replicate=0),
    ]
    parts = (_products, _errors, _erasure, _scenes, _uses, _networks, _recovery)
    groups = [group for part in parts for group in part(config)]
    return pictures + [cell for group in groups for cell in _each(**group)]


def _each(
    *, replicates: int, dims: Sequence[int], arms: Sequence[str] = ("",), **fields: Any
) -> Iterator[Cell]:
    for replicate, d, arm in product(range(replicates), dims, arms):
        yield Cell(arm=arm, d=d, replicate=replicate, **fields)


Groups = Iterator[dict[str, Any]]


def _products(config: Config) -> Groups:
    """Products of vectors and of sketches."""
    all_ = {"replicates": config.replicates, "dims": config.dims}
    pairs = {**all_, "objects": 4, "weight": 0.25, "trials": config.pairs}
    shared = {**pairs, "question": "shared", "dims": (config.large,), "arms": PLACES}
    yield {**all_, "question": "matrices", "trials": 20 * config.trials}
    yield {**pairs, "question": "disjoint"}
    for cosine, times in COSINES.items():
        yield {**shared, "cosine": cosine, "trials": times * config.pairs}
    for weight in SHARED:
        yield {**shared, "arms": PLACES[:1], "cosine": 1.0, "weight": weight}
    detected = {"dims": DETECTION, "arms": PLACES[1:], "trials": 5 * config.pairs}
    yield {**pairs, "question": "detection", "cosine": 1.0, **detected}
    for depth in DEPTHS:
        moved = {"dims": (1024,), "depth": depth, "trials": config.trials}
        yield {**all_, "question": "lipschitz", **moved}


def _errors(config: Config) -> Groups:
    """Errors of what is read back."""
    all_ = {"replicates": config.replicates, "dims": config.dims, "trials": config.trials}
    four = {**all_, "dims": (config.large,), "objects": 4, "trials": 4 * config.trials}
    for objects in OBJECTS:
        yield {**all_, "question": "flat", "objects": objects}
    for weight in WEIGHTS:
        yield {**four, "question": "weight", "weight": weight}
    for fan, depth in product(FANS, DEPTHS):
        deep: dict[str, Any] = {"dims": config.deep_dims, "fan": fan, "depth": depth}
        deep["trials"] = config.trials * (4 if fan == 1 else 1)  # one object to read in each
        yield {**all_, "question": "depth", **deep}
    yield {**four, "question": "repeated", "arms": REPEATED[1:]}
    along = {"arms": REPEATED[:1], "trials": 40 * config.trials}
    yield {**four, "question": "repeated", **along}
    yield {**four, "question": "nothing", "arms": CONTROLS}
    for objects, repeats in COUNTS:
        counted = {"objects": objects, "repeats": repeats, "trials": 6 * config.trials}
        yield {**all_, "question": "count", **counted}
    yield {**all_, "question": "exact", "dims": (512,), "objects": 6}


def _erasure(config: Config) -> Groups:
    """Errors of what is left of a sketch."""
    cut = {"replicates": config.replicates, "dims": (config.cut,), "objects": 4}
    cut["trials"] = config.trials
    for keep in config.kept:
        arms = ERASURES if keep < config.cut else ERASURES[:1]  # all that is left is all
        yield {**cut, "question": "erasure", "arms": arms, "keep": keep}
    for weight, keep in product(ERASED, sorted({*config.kept_least, *config.kept})):
        yield {**cut, "question": "erased weight", "weight": weight, "keep": keep}


def _scenes(config: Config) -> Groups:
    """Scenes of digits, whole and cut, and means of many, seen by modules that know the digits and
    by trained networks."""
    for name, all_ in _seers(config).items():
        scenes = {**all_, "trials": config.scenes}
        for objects in SLOTS:
            whole: dict[str, Any] = {"dims": config.scene_dims, "objects": objects}
            whole["tested"] = 100 * config.scenes * bool(name)  # signals, of the network alone
            yield {**scenes, "question": f"{name}scenes", **whole}
        for keep in sorted(keep for keep in config.kept if 2 * keep < config.cut):
            cut = {"dims": (config.cut,), "objects": 3, "keep": keep}
            yield {**scenes, "question": f"{name}cut scenes", **cut}
        for together in AVERAGED:
            mean = {"dims": (2048,), "objects": 4, "trials": config.trials, "together": together}
            arms = WAVEFORMS[:1] if name else WAVEFORMS
            yield {**all_, "question": f"{name}average", "arms": arms, **mean}


def _seers(config: Config) -> dict[str, dict[str, int]]:
    """What the questions' names begin with, and who sees the digits: modules that know them, or
    trained networks."""
    trained = {"replicates": config.network_replicates, "steps": config.steps}
    return {"": {"replicates": config.replicates}, "trained ": trained}


def _uses(config: Config) -> Groups:
    """The year, retrieval, new concepts."""
    year = {"dims": config.year_dims, "arms": METHODS, "days": config.days}
    for name, all_ in _seers(config).items():
        three = {**all_, "dims": config.found_dims, "objects": 3}
        concepts = {"arms": CONCEPTS, "trials": config.concepts}
        yield {**all_, "question": f"{name}year", **year}
        yield {**three, "question": f"{name}retrieval"}
        yield {**three, "question": f"{name}concepts", **concepts}


def _networks(config: Config) -> Groups:
    """Trained networks, and untrained ones."""
    all_ = {"replicates": config.network_replicates, "steps": config.steps}
    probed = {"fitted": config.fitted, "tested": config.tested, "arms": ENCODINGS}
    yield {**all_, "question": "cnn", "dims": config.cnn_dims, **probed}
    small = config.cnn_dims[:CONTROL]
    yield {**all_, "question": "untrained cnn", "dims": small, **probed, "steps": 0}
    whole = {"dims": (UNCUT,), "arms": ENCODINGS[1:]}
    yield {**all_, "question": "cnn", **probed, **whole}


def _recovery(config: Config) -> Groups:
    """Networks recovered from their sketches; the rivals and those who know the activities."""
    all_ = {"replicates": config.recovery_replicates, "dims": (config.recovery,), "arms": SUMS}
    for share, sketches in product(config.shares, config.sketches):
        yield {**all_, "question": "recovery", "share": share, "sketches": sketches}
    first = {**all_, "share": config.shares[0]}
    yield {**first, "question": "known activities", "sketches": COLUMNS}
    for sketches in config.rival_sketches:
        yield {**first, "question": "other recovery", "sketches": sketches, "arms": OTHERS}


WITHIN = ("arm", "d", "replicate")
