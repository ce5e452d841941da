"""The claims K1 to K20 of the mechanism and its controls; those of its uses are in
`claims_of_uses.py`.

The source was not at hand when they were written: its bounds are stated as directions and
exponents, never by the number of a theorem. Constants are derived here from the construction.
Tolerances are those of this lab's specification, written before its code, or, where it has none,
`OURS`, written before the run.
"""

from typing import Any

from labs.kit.claims import Claim
from labs.kit.measures import Measure
from labs.sketches.claims_of_uses import USES
from labs.sketches.grid import CONTROLS, COUNTS, OBJECTS, WEIGHTS
from labs.sketches.measures import (
    at,
    constant,
    deeper,
    exponent,
    largest,
    level,
    product_over_theory,
    readable,
    slope,
)
from labs.sketches.published import (
    ALONG,
    AVERAGE,
    AVERAGE_OF_DIGITS,
    COUNTED,
    CUT,
    CUT_HISTOGRAM,
    DEEPER,
    DETECTED,
    FLAT,
    HISTOGRAM,
    OCTAVES,
    REPEATED,
    WEIGHTED,
)

PAPER = "in the spirit of Ghazi, Panigrahy & Wang 2019, arXiv:1905.12730"
DERIVED = "derived here from the construction"
MEASURED = "a measurement with numpy that came before this lab"
TOLERANCE = "that is the tolerance of the specification"
OURS = "that is a tolerance of ours, from before the run"
CONSTANT = "/ sqrt(d)"
SHARE = (0, 1)


def _around(value: float, share: float) -> tuple[float, float]:
    return value * (1 - share), value * (1 + share)


def _exponent(id: str, sentence: str, measure: Measure, tolerance: float) -> Claim:
    return Claim(
        id=id,
        sentence=sentence,
        source=PAPER,
        published=-0.5,
        unit="",
        measure=measure,
        within=(-0.5 - tolerance, -0.5 + tolerance),
        because=f"the bounds fall with the square root of d; {TOLERANCE}",
    )


def _level(
    id: str,
    sentence: str,
    measure: Measure,
    value: float,
    within: tuple[float, float],
    unit: str = CONSTANT,
    source: str = DERIVED,
    **further: Any,
) -> Claim:
    return Claim(
        id=id,
        sentence=sentence,
        source=source,
        published=round(value, 3),
        unit=unit,
        measure=measure,
        within=within,
        **({"family": "own", "because": TOLERANCE} | further),
    )


CROSSED = {"name": "desynchronization", "question": "matrices"}

MATRICES = (
    _exponent(
        "K1-slope",
        "Rotations desynchronize: <Rx, y> of unit vectors falls as d to the power -1/2.",
        slope(**CROSSED),
        0.05,
    ),
    _level("K1-constant", "<Rx, y> is 1 / sqrt(d).", constant(**CROSSED), 1, (0.95, 1.05)),
    *(
        _level(
            f"K2-{name}",
            f"A transparent matrix T = (I + R) / 2 leaves one half: {product} is 1/2.",
            level(name, question="matrices"),
            0.5,
            (0.49, 0.51),
            "",
            PAPER,
            family="published",
        )
        for name, product in (("leak", "<Tx, x>"), ("scale", "<Tx, Tx>"))
    ),
)

APART = {"name": "cosine_rms", "question": "disjoint"}


def _product(arm: str, cosine: float) -> Claim:
    where = "the same position" if arm == "same position" else "another position"
    divisor = 64 if arm == "same position" else 128
    return _level(
        f"K4-{arm.split()[0]}-{cosine:g}",
        f"A module shared at {where}, with attributes of cosine {cosine:g}, gives sketches the "
        f"product w w' (1 + c) / {divisor}.",
        product_over_theory(arm, 0.25, cosine),
        1,
        (0.95, 1.05),
        "of theory",
    )


SIMILARITY = (
    _exponent(
        "K3-slope",
        "Sketches without a common module become orthogonal: their cosine falls as d to the power "
        "-1/2.",
        slope(**APART),
        0.1,
    ),
    _level(
        "K3-constant",
        "The cosine of sketches without a common module is 1 / sqrt(d).",
        constant(**APART),
        1,
        (0.7, 1.3),
    ),
    *(_product(arm, c) for arm in ("same position", "other position") for c in (1.0, 0.5, 0.0)),
    _level(
        "K4-same--1",
        "A module shared at the same position with opposite attributes gives the product 0.",
        at("product", "shared", arm="same position", weight=0.25, cosine=-1.0) / (0.25**2 / 32),
        0,
        (-0.05, 0.05),
        "of w w' / 32",
    ),
    Claim(
        id="K5",
        sentence="The product of sketches grows with the square of the shared object's weight.",
        source=PAPER,
        published=2,
        unit="",
        measure=exponent("product", "weight", question="shared", arm="same position", cosine=1.0),
        within=(1.95, 2.05),
        because=TOLERANCE,
    ),
    *(
        _level(
            f"K6-{d}",
            f"With {d} numbers, pairs that share one of four modules are told from pairs that "
            f"share none with an AUC of {auc:.2f}.",
            at("auc", "detection", d=d),
            auc,
            (auc - 0.05, auc + 0.05),
            "",
            limits=SHARE,
        )
        for d, auc in DETECTED.items()
    ),
    Claim(
        id="K7",
        sentence="Attributes that move by eps move a sketch by at most eps / 2, always.",
        source=PAPER,
        published="at most 0.5",
        unit="eps",
        measure=largest("largest_ratio", question="lipschitz"),
        below=0.5,
        because="it is stated with probability one; a check of the code",
    ),
    _level(
        "K7-typical",
        "In trees of three objects each, all attributes moving by eps, the sketch moves by 0.07.",
        level("ratio", question="lipschitz"),
        0.07,
        (0.06, 0.08),
        "eps",
        MEASURED,
        because="that is what rounds to 0.07, and as much again",
    ),
)

READING = (
    *(
        _exponent(
            f"K8-{k}",
            f"The error of the attributes of {k} object{'s' if k > 1 else ''} falls as d to the "
            "power -1/2.",
            slope("error", question="flat", objects=k),
            0.05,
        )
        for k in OBJECTS
    ),
    *(
        _level(
            f"K9-{k}",
            f"The error of one of {k} equal objects is sqrt(8 k - 1) / sqrt(d).",
            constant("error", question="flat", objects=k),
            FLAT[k],
            _around(FLAT[k], 0.15),
        )
        for k in OBJECTS
    ),
    *(
        _level(
            f"K10-{w:g}",
            f"The error of an object of weight {w:g} among four is "
            "sqrt(8 sum w_j^2 - w^2) / w / sqrt(d).",
            constant("error", question="weight", weight=w),
            WEIGHTED[w],
            _around(WEIGHTED[w], 0.1),
        )
        for w in WEIGHTS
    ),
    *(
        _level(
            f"K11-{fan}-{depth}",
            f"From depth {depth} to {depth + 1} the error grows by {factor:.1f}, about 8 times the "
            f"{fan} object{'s' if fan > 1 else ''} that each is made of.",
            deeper(fan, depth),
            factor,
            _around(factor, 0.15),
            "times",
        )
        for (fan, depth), factor in DEEPER.items()
    ),
    _level(
        "K12-path",
        "Of four objects of one module each is read alone along its path of positions, with an "
        "error of sqrt(2 k (k + 3) - 1) / sqrt(d).",
        constant("error", question="repeated", arm="by path"),
        ALONG,
        REPEATED,
    ),
    _level(
        "K12-sum",
        "By their module alone the sum of the four is read, with as large an error.",
        constant("error", question="repeated", arm="their sum"),
        7.25,
        REPEATED,
        source=MEASURED,
    ),
    Claim(
        id="K12-module",
        sentence="Without the path one of four objects of a module is read with a larger error "
        "than along it.",
        source=PAPER,
        unit="/ sqrt(d)",
        measure=constant("error", question="repeated", arm="one, without its path")
        - constant("error", question="repeated", arm="by path"),
        above=0,
        because="any larger error is what the path is for",
    ),
)

COUNTING = (
    *(
        _exponent(
            f"K13-slope-{k}",
            f"The error of the number of a module's objects among {k} falls as d to the power "
            "-1/2.",
            slope("error", question="count", objects=k),
            0.06,
        )
        for k, _ in COUNTS
    ),
    *(
        _level(
            f"K13-constant-{k}",
            f"The error of the number of a module's objects among {k} is sqrt(8 * {k}) / sqrt(d).",
            constant("error", question="count", objects=k),
            COUNTED[k],
            _around(COUNTED[k], 0.2),
        )
        for k, _ in COUNTS
    ),
    Claim(
        id="K13-bias",
        family="own",
        sentence="Counts are unbiased: the mean error is none at 256 numbers.",
        source=DERIVED,
        published=0,
        unit="objects",
        measure=(
            at("bias", "count", objects=4, d=256)
            + at("bias", "count", objects=8, d=256)
            + at("bias", "count", objects=16, d=256)
        )
        / 3,
        within=(-0.15, 0.15),
        because=TOLERANCE,
    ),
    *(
        _level(
            f"K14-{d}",
            f"With {d} numbers all ten counts of a scene of three digits are right in {share:.2f} "
            "of scenes.",
            at("histogram", "scenes", objects=3, d=d),
            share,
            (share - 0.1, share + 0.1),
            "",
            MEASURED,
            limits=SHARE,
            grid=0.005,
        )
        for d, share in HISTOGRAM.items()
    ),
    *(
        _level(
            f"K14-cut-{keep}",
            f"Of 8192 numbers a prefix of {keep} gets all ten counts right in {share:.2f} of "
            "scenes.",
            at("histogram", "cut scenes", d=8192, keep=keep),
            share,
            (share - 0.1, share + 0.1),
            "",
            MEASURED,
            limits=SHARE,
            grid=0.005,
            because=OURS,
        )
        for keep, share in CUT_HISTOGRAM.items()
    ),
)

PREFIX = {"question": "erasure", "arm": "prefix"}
RANDOM = {"question": "erasure", "arm": "random subset"}


def _heavier(light: float, heavy: float) -> Claim:
    return Claim(
        id=f"K15-{heavy:g}",
        sentence=f"Erasure keeps heavy objects longest: weight {light:g} is lost (error above 0.5) "
        f"while weight {heavy:g} is not.",
        source=f"{PAPER}; how far apart is {DERIVED}",
        published=round(OCTAVES[light, heavy], 2),
        unit="octaves of d'",
        measure=readable(question="erased weight", weight=light)
        - readable(question="erased weight", weight=heavy),
        above=0,
        because="any distance is an order",
    )


ERASURE = (
    _exponent(
        "K15-slope",
        "Of a prefix of d' numbers the error falls as d' to the power -1/2.",
        slope("error", **PREFIX),
        0.05,
    ),
    _level(
        "K15-constant",
        "What is read of four equal objects in a prefix of d' numbers has the error of a sketch of "
        "d' numbers.",
        constant("error", **PREFIX),
        FLAT[4],
        CUT,
        "/ sqrt(d')",
        MEASURED,
    ),
    _heavier(0.05, 0.2),
    _heavier(0.2, 0.8),
    Claim(
        id="K16",
        sentence="A random subset of the numbers is as good as a prefix.",
        source=PAPER,
        published=1,
        unit="times the error",
        measure=constant("error", **RANDOM) / constant("error", **PREFIX),
        within=(0.9, 1.1),
        because=TOLERANCE,
    ),
    *(
        _level(
            f"K17-{many}",
            f"One vector of 2048 numbers, the mean of {many} sketch{'es' if many > 1 else ''} of "
            f"objects whose attributes average to nothing, counts a module's objects in a scene to "
            f"{error:g}.",
            at("error", "average", arm="of chance", together=many),
            error,
            _around(error, 0.1),
            "objects",
            MEASURED,
            because=OURS,
        )
        for many, error in AVERAGE.items()
    ),
    _level(
        "K17-digits",
        "The mean of 400 sketches of digits, whose waveforms stay in it, counts a digit in a scene "
        f"to {AVERAGE_OF_DIGITS:.4f}.",
        at("error", "average", arm="of digits", together=400),
        AVERAGE_OF_DIGITS,
        _around(AVERAGE_OF_DIGITS, 0.1),
        "digits",
        because=OURS,
    ),
    Claim(
        id="K17-memory",
        sentence="A vector that sums up scenes needs no more numbers for more of them: its error "
        "in how often a digit stands in a scene is smaller for 400 than for 1.",
        source=PAPER,
        unit="digits",
        measure=at("error", "average", arm="of digits", together=400)
        - at("error", "average", arm="of digits", together=1),
        below=0,
        because="an error that grew would need more numbers",
    ),
)

EXACT = (
    Claim(
        id="K20",
        family="own",
        sentence="Where the list of objects is known, least squares reads all attributes exactly.",
        source=f"{DERIVED} (an extension)",
        published="below 1e-10",
        unit="",
        measure=largest("largest_error", question="exact"),
        below=1e-10,
        because="that leaves room for rounding alone; a check of the code",
    ),
)

NOTHING = {
    "wrong module": "A module that did not fire",
    "wrong path": "A position where nothing stands",
    "shuffled positions": "An object looked for at the position of another",
}
NEGATIVE = tuple(
    Claim(
        id=f"N-{arm.split()[1 if 'wrong' in arm else 0]}",
        family="control",
        sentence=f"{NOTHING[arm]} reads as noise of the size that the error bar tells.",
        source=DERIVED,
        published=1,
        unit="error bars",
        measure=constant("error", question="nothing", arm=arm)
        / constant("bar", question="nothing", arm=arm),
        within=(0.9, 1.1),
        because=OURS,
    )
    for arm in CONTROLS
)

CLAIMS = (
    *MATRICES,
    *SIMILARITY,
    *READING,
    *COUNTING,
    *ERASURE,
    *EXACT,
    *NEGATIVE,
    *USES,
)
