"""What is asked of sketches, of how many numbers, and what is measured.

Replicate r draws all matrices, scenes, days, data and networks anew; cells that differ in d alone
share scenes and networks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from labs.kit.settings import check, setting
from labs.sketches.published import FANS, OBJECTS, WEIGHTS
from labs.sketches.rotations import NAME as NAME

SHARED = (0.1, 0.2, 0.4, 0.8)  # weights of an object that two sketches share
COSINES = {1.0: 1, 0.5: 2, 0.0: 3, -1.0: 1}  # of its attributes in the two: more pairs for less
DETECTION = (64, 256, 1024)  # numbers of sketches whose shared module is to be found
DEPTHS = (1, 2, 3)  # of trees
REPEATED = ("by path", "their sum", "one, without its path")  # readings of four objects of a module
CONTROLS = ("wrong module", "wrong path", "shuffled positions")
COUNTS = ((4, 2), (8, 3), (16, 5))  # objects, and how many of them are of the module
ERASED = (0.05, 0.2, 0.8)  # weights of one of four objects whose sketch is cut
SLOTS = (1, 3, 5)  # digits in a scene
SPACES = 5  # of a replicate, each with as many of its scenes of digits
AVERAGED = (1, 10, 100, 400)  # scenes in one vector
METHODS = ("sketch", "solved", "scenes", "objects", "labels", "average", "counters", "null")
ASKED = ("frequency", "mornings", "shape", "alike", "third")  # of a year
PLACES = ("same position", "other position")  # of an object that two sketches share
COLUMNS = 104  # of the network that is recovered
BLOCK = 64  # numbers in a block of a column
SUMS = ("sketches", "plain sums")  # that columns are recovered from
OTHERS = ("ica", "ica signs", "dictionary", "dictionary signs")  # ways to recover them
ERASURES = ("prefix", "random subset")
WAVEFORMS = ("of digits", "of chance")
UNCUT = 1  # stands for d where an encoding keeps all its numbers
CONTROL = 3  # sizes of a sketch of an untrained network, the smallest: probes of it take long
ENCODINGS = ("sketch", "raw", "top", "bag")  # of what a CNN's channels did
CONCEPTS = ("raw", "recovered", "sketches", "chance")  # what is clustered


@dataclass(frozen=True)
class Config:
    """What a reader may change."""

    replicates: int = setting(20, "draws of all matrices and scenes", least=1)
    dims: tuple[int, ...] = setting(
        (128, 256, 512, 1024, 2048, 4096, 8192), "numbers of a sketch, of errors", least=16
    )
    deep_dims: tuple[int, ...] = setting(
        (1024, 4096), "numbers of a sketch, of errors by depth", least=16
    )
    large: int = setting(4096, "numbers of a sketch, of products and weights", least=16)
    cut: int = setting(8192, "numbers of a sketch that is cut", least=16)
    kept: tuple[int, ...] = setting(
        (256, 512, 1024, 2048, 4096, 8192), "what is left of it", least=1
    )
    kept_least: tuple[int, ...] = setting(
        (16, 32, 64, 128), "further on, where heavy objects are read", least=1, empty=True
    )
    scene_dims: tuple[int, ...] = setting(
        (128, 256, 512, 1024, 2048, 4096), "numbers of a sketch, of digits", least=16
    )
    year_dims: tuple[int, ...] = setting(
        (64, 128, 256, 512, 1024, 2048, 4096), "numbers kept of a year, and of a day", least=16
    )
    days: int = setting(365, "days of a year", least=2)
    found_dims: tuple[int, ...] = setting(
        (64, 128, 256, 512, 1024, 2048, 4096), "numbers of a sketch, of retrieval", least=16
    )
    recovery_replicates: int = setting(12, "networks that are recovered from sketches", least=1)
    recovery: int = setting(8192, "numbers of a sketch, of recovery", least=64)
    sketches: tuple[int, ...] = setting(
        (100, 150, 200, 300, 500, 1000, 3000),
        "sketches that a network is recovered from",
        least=10,
    )
    rival_sketches: tuple[int, ...] = setting(
        (300, 1000), "sketches that other methods recover it from", least=10
    )
    shares: tuple[float, ...] = setting(
        (0.02, 0.04), "of blocks of a column that are not zero", above=0, most=1
    )
    network_replicates: int = setting(12, "trained networks, each with data of its own", least=1)
    steps: int = setting(4000, "training steps of a network, batches of 25", least=1)
    cnn_dims: tuple[int, ...] = setting(
        (16, 32, 64, 128, 256), "numbers of a sketch, of a CNN's channels", least=10
    )
    fitted: int = setting(4000, "examples that probes are fitted to", least=100, most=4000)
    tested: int = setting(2000, "examples that probes are tested on", least=100)
    concepts: int = setting(500, "scenes with an object of an unnamed module", least=10)
    trials: int = setting(10, "spaces and scenes of a replicate, of errors", least=1)
    pairs: int = setting(20, "pairs of a replicate, of products", least=2)
    scenes: int = setting(200, "scenes of digits of a replicate", least=SPACES)

    def __post_init__(self) -> None:
        check(self)
        for name, kept in {"kept": self.kept, "kept_least": self.kept_least}.items():
            if max(kept, default=0) > self.cut:
                raise ValueError(f"{name} must be at most cut = {self.cut}, got {kept}")
        if self.recovery % BLOCK:
            raise ValueError(f"recovery must be a multiple of {BLOCK}, got {self.recovery}")
        least = BLOCK / self.recovery / 2
        if min(self.shares) < least:
            raise ValueError(
                f"shares must be at least {least:g}, half a block per column of recovery = "
                f"{self.recovery}, got {self.shares}"
            )


PRESETS = {
    "smoke": Config(
        replicates=2,
        dims=(64, 128),
        deep_dims=(64,),
        large=128,
        cut=128,
        kept=(48, 128),
        kept_least=(),
        scene_dims=(64, 128),
        year_dims=(128,),
        days=40,
        found_dims=(64,),
        recovery_replicates=2,
        recovery=640,
        sketches=(50,),
        rival_sketches=(50,),
        shares=(0.1,),
        network_replicates=2,
        steps=20,
        cnn_dims=(64,),
        fitted=100,
        tested=1000,
        concepts=40,
        trials=2,
        pairs=2,
        scenes=10,
    ),
    "quick": Config(
        replicates=6,
        dims=(256, 1024, 4096),
        deep_dims=(1024,),
        kept=(512, 2048, 8192),
        scene_dims=(256, 512, 1024, 2048),
        year_dims=(64, 256, 1024),
        found_dims=(64, 512, 1024, 4096),
        recovery_replicates=5,
        sketches=(150, 300),
        rival_sketches=(300,),
        shares=(0.02,),
        network_replicates=6,
        steps=2000,
        cnn_dims=(16, 64, 256),
        fitted=1000,
        tested=500,
        trials=5,
        scenes=50,
    ),
    "full": Config(),
}


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
        yield {**cut, "question": "erasure", "arms": ERASURES, "keep": keep}
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


def members(cell: Cell) -> int:
    """Most cells in its stack: of networks those of several replicates, which train together."""
    if "cnn" in cell.question:
        return 120
    return 36 if cell.steps else 16


LIGHT = ("year", "retrieval", "concepts", "picture", "plane")


def seconds(cell: Cell) -> float:
    """Expected seconds of one core (measured on a 2.5 GHz Xeon)."""
    if cell.question in ("cnn", "untrained cnn"):
        numbers = 100 if cell.d == UNCUT else cell.d
        return 3e-4 * cell.steps / 28 + 1e-4 * cell.fitted * (1 + 0.01 * numbers)
    if "recover" in cell.question or cell.question == "known activities":
        of_several = 0.5 if cell.question == "other recovery" else 1  # arms, which share work
        return of_several * (0.1 + 1.2e-4 * cell.d + 3e-7 * cell.d * cell.sketches)
    trained = 3e-4 * cell.steps / 6
    if cell.question.removeprefix("trained ") in LIGHT:
        return trained + 0.02 + 4e-5 * cell.d
    if "scenes" in cell.question:
        return trained + 0.02 + 3e-7 * cell.d * cell.trials * cell.objects
    if "average" in cell.question:
        return trained + cell.trials * (0.02 + 3e-4 * cell.together)
    return 0.002 + cell.trials * _modules(cell) * (4e-4 + 5e-7 * cell.d)


def _modules(cell: Cell) -> float:
    """How many modules draw their matrices in a trial."""
    if cell.question in ("matrices", "rotation", "throughput"):
        return 0.2
    if cell.question in ("disjoint", "shared", "detection"):
        return 2 * cell.objects
    fan = 3 if cell.question == "lipschitz" else cell.fan
    return cell.objects or sum(fan**level for level in range(1, cell.depth + 1))


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured: 120 to 580 in `full`)."""
    cell = max(stack, key=lambda cell: cell.d)
    if cell.question in ("cnn", "untrained cnn"):
        return 100 + 0.12 * (cell.fitted + cell.tested)
    if "recover" in cell.question or cell.question == "known activities":
        return 60 + 4e-5 * cell.d * cell.sketches
    if cell.question == "throughput":
        return 60 + 4e-5 * cell.d * cell.trials
    return 100 + 0.05 * cell.d
