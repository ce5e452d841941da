"""Claims K1 to K7: products of vectors and of sketches."""

from labs.kit.claims import Claim
from labs.sketches.measures import (
    at,
    constant,
    exponent,
    largest,
    level,
    product_over_theory,
    slope,
)
from labs.sketches.published import DETECTED
from labs.sketches.sources import MEASURED, PAPER, SHARE, TOLERANCE, exponent_of, level_of

CROSSED = {"name": "desynchronization", "question": "matrices"}

MATRICES = (
    exponent_of(
        "K1-slope",
        "Rotations desynchronize: Rx . y of unit vectors falls as d to the power -1/2.",
        slope(**CROSSED),
        0.05,
    ),
    level_of("K1-constant", "Rx . y is 1 / sqrt(d).", constant(**CROSSED), 1, (0.95, 1.05)),
    *(
        level_of(
            f"K2-{name}",
            f"A transparent matrix T = (I + R) / 2 leaves one half: {product} is 1/2.",
            level(name, question="matrices"),
            0.5,
            (0.49, 0.51),
            "",
            PAPER,
            family="published",
        )
        for name, product in (("leak", "Tx . x"), ("scale", "Tx . Tx"))
    ),
)

APART = {"name": "cosine_rms", "question": "disjoint"}


def _product(arm: str, cosine: float) -> Claim:
    where = "the same position" if arm == "same position" else "another position"
    divisor = 64 if arm == "same position" else 128
    return level_of(
        f"K4-{arm.split()[0]}-{cosine:g}",
        f"A module shared at {where}, with attributes of cosine {cosine:g}, gives sketches the "
        f"product w w' (1 + c) / {divisor}.",
        product_over_theory(arm, 0.25, cosine),
        1,
        (0.95, 1.05),
        "of theory",
    )


SIMILARITY = (
    exponent_of(
        "K3-slope",
        "Sketches without a common module become orthogonal: their cosine falls as d to the power "
        "-1/2.",
        slope(**APART),
        0.1,
    ),
    level_of(
        "K3-constant",
        "The cosine of sketches without a common module is 1 / sqrt(d).",
        constant(**APART),
        1,
        (0.7, 1.3),
    ),
    *(_product(arm, c) for arm in ("same position", "other position") for c in (1.0, 0.5, 0.0)),
    level_of(
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
        level_of(
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
    level_of(
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
