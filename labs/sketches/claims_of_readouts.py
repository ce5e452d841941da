"""Claims K8 to K17 and K20, and the controls: what is read from sketches."""

from labs.kit.claims import Claim
from labs.sketches.config import CONTROLS, COUNTS
from labs.sketches.measures import at, constant, deeper, largest, readable, slope
from labs.sketches.published import (
    ALONG,
    AVERAGE,
    AVERAGE_OF_DIGITS,
    COUNTED,
    CUT,
    CUT_HISTOGRAM,
    DEEPER,
    FLAT,
    HISTOGRAM,
    OBJECTS,
    OCTAVES,
    REPEATED,
    WEIGHTED,
    WEIGHTS,
)
from labs.sketches.sources import (
    DERIVED,
    MEASURED,
    OURS,
    PAPER,
    SHARE,
    TOLERANCE,
    around,
    exponent_of,
    level_of,
)

READING = (
    *(
        exponent_of(
            f"K8-{k}",
            f"The error of the attributes of {k} object{'s' if k > 1 else ''} falls as d to the "
            "power -1/2.",
            slope("error", question="flat", objects=k),
            0.05,
        )
        for k in OBJECTS
    ),
    *(
        level_of(
            f"K9-{k}",
            f"The error of one of {k} equal objects is sqrt(8 k - 1) / sqrt(d).",
            constant("error", question="flat", objects=k),
            FLAT[k],
            around(FLAT[k], 0.15),
        )
        for k in OBJECTS
    ),
    *(
        level_of(
            f"K10-{w:g}",
            f"The error of an object of weight {w:g} among four is "
            "sqrt(8 sum w_j^2 - w^2) / w / sqrt(d).",
            constant("error", question="weight", weight=w),
            WEIGHTED[w],
            around(WEIGHTED[w], 0.1),
        )
        for w in WEIGHTS
    ),
    *(
        level_of(
            f"K11-{fan}-{depth}",
            f"From depth {depth} to {depth + 1} the error grows by {factor:.1f}, about 8 times the "
            f"{fan} object{'s' if fan > 1 else ''} that each is made of.",
            deeper(fan, depth),
            factor,
            around(factor, 0.15),
            "times",
        )
        for (fan, depth), factor in DEEPER.items()
    ),
    level_of(
        "K12-path",
        "Of four objects of one module each is read alone along its path of positions, with an "
        "error of sqrt(2 k (k + 3) - 1) / sqrt(d).",
        constant("error", question="repeated", arm="by path"),
        ALONG,
        REPEATED,
    ),
    level_of(
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

FEW = (
    "Likely: the first measurement had 40 scenes in one draw of the matrices, whose errors all of "
    "its scenes share; digits that repeat make a sketch longer than independent normals have it."
)

COUNTING = (
    *(
        exponent_of(
            f"K13-slope-{k}",
            f"The error of the number of a module's objects among {k} falls as d to the power "
            "-1/2.",
            slope("error", question="count", objects=k),
            0.06,
        )
        for k, _ in COUNTS
    ),
    *(
        level_of(
            f"K13-constant-{k}",
            f"The error of the number of a module's objects among {k} is sqrt(8 * {k}) / sqrt(d).",
            constant("error", question="count", objects=k),
            COUNTED[k],
            around(COUNTED[k], 0.2),
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
        level_of(
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
            cause=FEW,
        )
        for d, share in HISTOGRAM.items()
    ),
    *(
        level_of(
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
            cause=FEW,
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
    exponent_of(
        "K15-slope",
        "Of a prefix of d' numbers the error falls as d' to the power -1/2.",
        slope("error", **PREFIX),
        0.05,
    ),
    level_of(
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
        level_of(
            f"K17-{many}",
            f"One vector of 2048 numbers, the mean of {many} sketch{'es' if many > 1 else ''} of "
            f"objects whose attributes average to nothing, counts a module's objects in a scene to "
            f"{error:g}.",
            at("error", "average", arm="of chance", together=many),
            error,
            around(error, 0.1),
            "objects",
            MEASURED,
            because=OURS,
        )
        for many, error in AVERAGE.items()
    ),
    level_of(
        "K17-digits",
        "The mean of 400 sketches of digits, whose waveforms stay in it, counts a digit in a scene "
        f"to {AVERAGE_OF_DIGITS:.4f}.",
        at("error", "average", arm="of digits", together=400),
        AVERAGE_OF_DIGITS,
        around(AVERAGE_OF_DIGITS, 0.1),
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
