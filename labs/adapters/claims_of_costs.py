"""Claims C1, C3, C5 and C6, and what of C2 is about steps: exact checks, and what methods cost."""

from functools import partial
from math import log2

from labs.adapters.comparisons import dearer, rival
from labs.adapters.gates import gap_levels, small, taught
from labs.adapters.grid import IDENTITIES
from labs.adapters.measures import error, extreme, miscounted
from labs.adapters.published import PRODUCTS, STEP_RATIO, TWICE
from labs.adapters.sources import ARTICLE, BEFOREHAND, COMPUTED, EXACT, PREDICTED, RULE, TABLE
from labs.kit.claims import Claim
from labs.kit.measures import measured
from labs.nn.modules.methods import BUDGET, METHODS

PARAMETER = tuple(name for name, method in METHODS.items() if method.row == "parameter")
OTHERS = tuple(name for name in BUDGET if name != "prompt")
NOT_FUNCTION = tuple(name for name in BUDGET if METHODS[name].row != "function")
NO_IDENTITY = ("prompt", "prefix", "supermask")  # at their start
IDENTITY = ("full", "head", *(name for name in BUDGET if name not in NO_IDENTITY))
LOOKS = 0.04  # octaves between two means over four domains, of late looks at a run
check = partial(Claim, family="control", unit="", because=EXACT)

CODE = (
    check(
        id="C1-counts",
        family="own",
        sentence="Every method for which a number was computed trains exactly as many.",
        source=COMPUTED,
        unit="relative difference",
        measure=measured(miscounted),
        below=1e-9,
        published=0,
        grid=1e-10,
        gate=small,
    ),
    check(
        id="C1-identity",
        sentence="Before training no module changes a logit, prompts, prefixes and supermasks "
        "aside.",
        source=RULE,
        measure=extreme("start", True, IDENTITY),
        below=1e-6,
        grid=1e-7,
    ),
    check(
        id="C1-no-identity",
        sentence="Before training prompts, prefixes and supermasks do change logits.",
        source=RULE,
        measure=extreme("start", False, NO_IDENTITY),
        above=1e-3,
        because="a change that is not seen would mean that the module is not there",
        grid=1e-4,
    ),
    check(
        id="C1-merging",
        sentence="What merges into the base's parameters gives the same logits merged.",
        source=RULE,
        measure=extreme("merging", True),
        below=1e-4,
        grid=1e-6,
    ),
    check(
        id="C1-frozen",
        sentence="Training modules moves no weight of the base.",
        source=RULE,
        measure=extreme("moved", True),
        below=1e-12,
        because="it is to be frozen, bit by bit",
        grid=1e-13,
    ),
)

SAME = {
    "lora": "LoRA is a linear adapter in parallel",
    "sparse": "A sparse difference of parameters is a sparse linear function beside each map",
    "prefix": "A prefix is a gated softmax adapter beside the attention",
    "ia3": "(IA)³ multiplies weights by diagonal matrices",
}
EQUALITIES = tuple(
    Claim(
        id=f"C3-{key}",
        sentence=f"{sentence}: both sides computed agree.",
        source=f"{ARTICLE}parameter and input composition can be expressed as function composition",
        published=0,
        unit="of the largest",
        measure=measured(error, IDENTITIES.index(name)),
        below=1e-5,
        because="that is what single precision leaves of 3e-16",
        grid=1e-7,
    )
    for (key, sentence), name in zip(SAME.items(), IDENTITIES, strict=True)
)

TRUNCATED = (
    "Likely: the bound counts a backward pass through the whole network, and ours ends at the "
    "first module; the convolutions, and for the adapter its own first block, need none."
)
STEPS = tuple(
    Claim(
        id=f"C2-step-{key}",
        family="own",
        sentence=f"{label}: a training step has 0.67 to 1.2 times the products of a step of full "
        "fine-tuning, so that storage is saved and not time.",
        source=PREDICTED,
        unit="of full fine-tuning",
        measure=extreme("step_macs", True, (name,)),
        within=STEP_RATIO,
        because=f"forward and back through a frozen net are 2 of 3 units; {BEFOREHAND}",
        grid=1e-3,
        gate=small,
        cause=TRUNCATED,
    )
    for key, name, label in (
        ("lora", "lora-all", "LoRA of all six maps"),
        ("adapter", "adapter", "The adapter"),
    )
)

TRAINING = (
    *(
        Claim(
            id=f"C5-{name}",
            family="own",
            sentence=f"{METHODS[name].label} costs 1.8 times as many products as LoRA, or more, "
            "until it has 95 % of its accuracy.",
            source=PREDICTED,
            unit="octaves",
            measure=measured(dearer, name, "lora"),
            above=log2(TWICE),
            grid=LOOKS,
            because=f"it trains twice, 1.8 times are 0.85 octaves; {BEFOREHAND}",
            gate=gap_levels,
        )
        for name in ("lt-sft", "diff")
    ),
    Claim(
        id="C5-prompt",
        sentence="Prompts need the most steps until they have 95 % of their own last accuracy.",
        source=f"{TABLE}training efficiency",
        unit="octaves",
        measure=measured(rival, "prompt", OTHERS, slowest=True),
        above=0,
        because="the slowest other, chosen on other replicates, by its last run, is to be faster",
        grid=LOOKS,
        gate=taught("prompt"),
        cause="Likely: what learns little is soon at 95 % of its own last accuracy.",
    ),
    Claim(
        id="C5-adapter",
        sentence="The adapter needs fewer steps until then than any parameter or input "
        "composition.",
        source=f"{TABLE}training efficiency",
        unit="octaves",
        measure=measured(rival, "adapter", NOT_FUNCTION, slowest=False),
        below=0,
        because="the fastest of those, chosen on other replicates, by its last run, is to be "
        "slower",
        grid=LOOKS,
        gate=taught("adapter"),
    ),
)

MERGED = (
    Claim(
        id="C6-parameter",
        sentence="All parameter composition merges: no product more than the base has.",
        source=f"{TABLE}inference efficiency",
        published=1,
        unit="of the base's",
        measure=extreme("merged_macs", True, PARAMETER),
        within=(1 - 1e-6, 1 + 1e-6),
        because=EXACT,
        grid=1e-8,
    ),
    Claim(
        id="C6-ia3",
        family="own",
        sentence="(IA)³, a function composition, merges, too.",
        source=PREDICTED,
        published=1,
        unit="of the base's",
        measure=extreme("merged_macs", True, ("ia3",)),
        within=(1 - 1e-6, 1 + 1e-6),
        because=EXACT,
        grid=1e-8,
    ),
    *(
        Claim(
            id=f"C6-{name}",
            family="own",
            sentence=f"A signal takes {value:g} times the base's products with "
            f"{METHODS[name].label}.",
            source=COMPUTED,
            published=value,
            unit="of the base's",
            measure=extreme("merged_macs", True, (name,)),
            within=(value - half, value + half),
            because="that is half a unit of its last digit",
            grid=1e-5,
            gate=small,
        )
        for name, (value, half) in PRODUCTS.items()
    ),
)

COSTS = (*CODE, *EQUALITIES, *STEPS, *TRAINING, *MERGED)
