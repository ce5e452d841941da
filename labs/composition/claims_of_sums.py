"""Claims C18 to C21 and C23: lines, soups, sums of differences, mixtures of adapters, trees."""

from functools import partial

from labs.composition.gates import (
    ending,
    forgetting,
    forgetting_level,
    mixing,
    small,
    summing,
    summing_level,
    unlearned,
)
from labs.composition.measures import (
    all_four,
    analogy_over,
    barrier,
    couples,
    fallen,
    kept,
    mass,
    miscounted,
    mixture_over,
    soup_over_best,
    soup_over_mean,
    tree_over,
)
from labs.composition.published import (
    CONNECTED,
    KEPT,
    OVER_BEST,
    SEPARATE,
    SUMS,
    UNIFORM,
    UNLEARNED,
)
from labs.composition.sources import ARTICLE, BEFOREHAND, COMPUTED, EXACT, LEAD, PREDICTED, RULE
from labs.kit.claims import Claim
from labs.kit.measures import measured

POINTS = "points"
ONE = 0.05  # points of accuracy that one test example of 2,000 is worth
OF_OWN = "of their own"
own = partial(Claim, family="own", source=PREDICTED, gate=unlearned)
control = partial(Claim, family="control", source=RULE, gate=unlearned)
line = partial(own, unit=POINTS, grid=ONE)

LINES = (
    line(
        id="C18-full",
        family="published",
        sentence="Networks fine-tuned from one base are linked by a line of no increasing error: "
        "its barrier is below 2 points.",
        source=f"{ARTICLE}linear mode connectivity under the same initialisation",
        measure=measured(barrier, "full"),
        below=CONNECTED,
        because=BEFOREHAND,
        gate=ending("full", full=True),
    ),
    line(
        id="C18-full-bases",
        sentence="Between networks of two bases that were trained apart the barrier is above "
        "20 points.",
        measure=measured(barrier, "full-bases"),
        above=SEPARATE,
        because=BEFOREHAND,
        gate=ending("full-bases", full=True),
    ),
    line(
        id="C18-adapter",
        sentence="Between adapters from one start the barrier is below 2 points.",
        measure=measured(barrier, "adapter"),
        below=CONNECTED,
        because=BEFOREHAND,
        gate=ending("adapter", full=True),
    ),
    *(
        line(
            id=f"C18-{name}-starts",
            sentence=f"Between {label} from one start the barrier is lower than between "
            "those from two.",
            measure=measured(barrier, f"{name}-starts") - measured(barrier, name),
            above=0,
            because="any higher barrier is the effect",
            gate=ending(name, f"{name}-starts"),
        )
        for name, label in (("adapter", "adapters"), ("lora", "modules of LoRA"))
    ),
)

SOUPS = (
    line(
        id="C19-mean",
        family="published",
        sentence="The average of four networks fine-tuned from one base, at rates from half to "
        "twice the chosen one, is ahead of their mean.",
        source=f"{ARTICLE}weight averaging",
        measure=measured(soup_over_mean),
        above=0,
        because=LEAD,
        gate=ending("full"),
    ),
    line(
        id="C19-best",
        sentence="The average of four such networks is less than half a point behind the best "
        "of them.",
        measure=measured(soup_over_best),
        above=OVER_BEST,
        because=f"the best is told by test examples, to its favour; {BEFOREHAND}",
        gate=ending("full", full=True),
    ),
)

ADDITION = (
    own(
        id="C20-couples",
        sentence="Sums of two task vectors keep 0.8 or more of the accuracy of networks that were "
        "fine-tuned in the two domains.",
        unit=OF_OWN,
        measure=measured(couples),
        above=SUMS,
        because=f"scales are chosen on validation data; {BEFOREHAND}",
        gate=summing_level,
    ),
    own(
        id="C20-four",
        sentence="The sum of all four task vectors keeps less than sums of two.",
        unit=OF_OWN,
        measure=measured(couples) - measured(all_four),
        above=0,
        because="any loss is the effect",
        gate=summing,
    ),
    control(
        id="C20-noise",
        sentence="Sums of two task vectors keep more than sums of one and a random one "
        "of equal norm.",
        unit=OF_OWN,
        measure=measured(couples) - measured(couples, "noise"),
        above=0,
        because=LEAD,
        gate=summing,
    ),
    control(
        id="C20-single",
        sentence="Sums of two task vectors keep more than the better one of the two alone.",
        unit=OF_OWN,
        measure=measured(couples) - measured(couples, "single"),
        above=0,
        because=f"{LEAD}; the better one is told by test examples, to its favour",
        gate=summing,
    ),
    *(
        own(
            id=f"C20-analogy-{name}",
            sentence="In reverse+ramp the analogy ramp + (reverse - clean) is ahead of the "
            f"task vector of {name} alone.",
            unit=POINTS,
            measure=measured(analogy_over, name),
            above=0,
            because=f"{LEAD}; that has scale 1 or the analogy's, whichever is better there",
            gate=summing,
        )
        for name in ("ramp", "reverse")
    ),
    control(
        id="C20-analogy-random",
        sentence="In reverse+ramp the analogy is ahead of a random vector of equal norm.",
        unit=POINTS,
        measure=measured(analogy_over, "random"),
        above=0,
        because=LEAD,
        gate=summing,
    ),
)

NEGATION = (
    own(
        id="C20-falls",
        sentence="Of a network that knows clean and reverse, the negated task vector of reverse "
        "takes 20 points of reverse or more.",
        unit=POINTS,
        measure=measured(fallen),
        above=UNLEARNED,
        because=f"the scale is chosen on validation data; {BEFOREHAND}",
        gate=forgetting_level,
    ),
    own(
        id="C20-keeps",
        sentence="The negated task vector of reverse leaves 0.95 of the accuracy on clean "
        "signals or more.",
        unit="of before",
        measure=measured(kept),
        above=KEPT,
        because=f"the scale is chosen on validation data; {BEFOREHAND}",
        gate=forgetting_level,
    ),
    control(
        id="C20-falls-random",
        sentence="A random vector of equal norm takes less of reverse than the negated "
        "task vector.",
        unit=POINTS,
        measure=measured(fallen) - measured(fallen, "after_random"),
        above=0,
        because=LEAD,
        gate=forgetting,
    ),
)

FUSION = (
    *(
        Claim(
            id=f"C21-{name}",
            sentence=f"In a new domain with 200 examples adapters of other domains with {label} "
            f"are ahead of the same with {behind}.",
            source=f"{ARTICLE}representation aggregation: fixed, learned, attention",
            unit=POINTS,
            measure=measured(mixture_over, name, other),
            above=0,
            because=f"{LEAD}; attention trains 21,024 numbers, scalars 12",
            gate=mixing,
        )
        for name, other, label, behind in (
            ("scalars", "average", "learned scalar weights", "equal ones"),
            ("attention", "scalars", "weights by attention", "learned scalar ones"),
        )
    ),
    own(
        id="C21-new",
        sentence="In the new domain attention over adapters of others is ahead of an adapter that "
        "was trained there.",
        unit=POINTS,
        measure=measured(mixture_over, "attention", "new"),
        above=0,
        because=f"{LEAD}; both have the same 200 examples",
        gate=mixing,
    ),
    own(
        id="C21-mass",
        sentence="In a new domain of sheared signals the attention is on the adapter of ramps with "
        "more than a quarter.",
        unit="of the mass",
        measure=measured(mass, "ramp"),
        above=UNIFORM,
        because="each of four adapters has a quarter where none is preferred",
        limits=(0, 1),
        gate=mixing,
    ),
    own(
        id="C21-numbers",
        sentence="AdapterFusion trains 21,024 numbers, 32 % of the base's.",
        source=COMPUTED,
        unit="relative difference",
        measure=measured(miscounted),
        below=1e-9,
        published=0,
        because=EXACT,
        grid=1e-10,
        gate=small,
    ),
)

TREES = (
    own(
        id="C23-tree",
        sentence="With 100 examples adapters behind those of their family and of all, which have "
        "learned from relatives' examples, are ahead of adapters alone.",
        unit=POINTS,
        measure=measured(tree_over),
        above=0,
        because=LEAD,
    ),
)

LINES_AND_SUMS = (*LINES, *SOUPS, *ADDITION, *NEGATION, *FUSION, *TREES)
