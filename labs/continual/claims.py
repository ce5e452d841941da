"""All claims: C25 and C26 of this lab's specification.

The survey's text was not at hand when they were written: what it states is judged as a direction,
or exactly where the specification calls it exact. Numeric thresholds were written beforehand, in
the specification, and say so.
"""

from functools import partial

from labs.continual.gates import level, taught, unlearned
from labs.continual.grid import FROZEN, SEQUENCES
from labs.continual.measures import (
    acc_over,
    bwt,
    connections,
    drift,
    first_apart,
    fwt,
    late_over,
    listed,
    moved,
    old,
    trained_over_random,
)
from labs.continual.published import (
    CHANCE_OF_NAME,
    FORGOTTEN,
    HALF,
    PAIRS_OF_COLUMNS,
    TIE,
)
from labs.continual.shown import LABELS, OF_SEQUENCES
from labs.kit.claims import Claim
from labs.kit.measures import measured

ARTICLE = "Pfeiffer et al. 2023, "
CONTINUAL = f"{ARTICLE}continual learning: old modules are frozen, new ones added"
PREDICTED = "prediction made beforehand, in this lab's specification"
RULE = "this lab's specification, negative controls and pitfalls"
README = "biondiLeo/lora-continual-learning-mnist1d, README, 3 seeds"
SUPSUP = "Wortsman et al. 2020, arXiv:2006.14769, task inference by one gradient"
BEFOREHAND = "that is a prediction made beforehand, no published value"
LEAD = "any lead is the effect"
ONE = 0.05  # points that one test example of old tasks is worth, of 2,000
POINTS, PERCENT = "points", "% accuracy"
SHARED = ("full", "lora")  # one set of numbers for all tasks
own = partial(Claim, family="own", source=PREDICTED)
control = partial(Claim, family="control", source=RULE)

FROZEN_FORGETS_NOTHING = (
    *(
        Claim(
            id=f"C25-{name}",
            sentence=f"{LABELS[name]}: what comes later changes no logit of an earlier task, not "
            "by a bit.",
            source=CONTINUAL,
            published=0,
            unit="largest change of a logit",
            measure=measured(moved, name),
            below=1e-12,
            because="it is to be the same, bit by bit",
            grid=1e-13,
            gate=taught(name),
        )
        for name in FROZEN
    ),
    Claim(
        id="C25-bwt",
        sentence="With a module per task, PackNet, SupSup and progressive columns backward "
        "transfer is exactly zero.",
        source=CONTINUAL,
        published=0,
        unit=POINTS,
        measure=measured(drift),
        below=1e-9,
        because="the same logits give the same answers",
        grid=1e-10,
        gate=taught(*FROZEN),
    ),
    control(
        id="C25-leaking",
        sentence="PackNet whose biases and norms train on in every task forgets: backward transfer "
        "is below zero.",
        unit=POINTS,
        measure=measured(bwt, "packnet-leaking", "domains"),
        below=0,
        because="any loss is the effect",
        gate=taught("packnet-leaking"),
    ),
)

SHARED_FORGETS = tuple(
    Claim(
        id=f"C25-{name}-{sequence}",
        sentence=f"{LABELS[name]}, over {OF_SEQUENCES[sequence]}: backward transfer is below "
        "zero, though each task's name is known.",
        source=f"{ARTICLE}continual learning: catastrophic forgetting",
        unit=POINTS,
        measure=measured(bwt, name, sequence),
        below=0,
        because="any loss is the effect",
        gate=taught(name, sequence=sequence),
    )
    for name in SHARED
    for sequence in SEQUENCES
)

CLASSES = (
    *(
        own(
            id=f"C25-open-{name}",
            sentence=f"{LABELS[name]}, over pairs of classes: among all ten answers nothing is "
            "left of old tasks.",
            source=README,
            published=0,
            unit=PERCENT,
            measure=measured(old, name, "classes", "open"),
            below=FORGOTTEN,
            because="that is what rounds to the 0.000 of the source",
            limits=(0, 100),
            grid=ONE,
            gate=level(name, sequence="classes"),
        )
        for name in SHARED
    ),
    *(
        own(
            id=f"C25-masked-{name}",
            sentence=f"{LABELS[name]}, over pairs of classes: between a task's own two answers old "
            "tasks stay above chance, so that much of what is lost is the head's bias.",
            source=README,
            unit=PERCENT,
            measure=measured(old, name, "classes"),
            above=HALF,
            because="that is chance between two",
            gate=taught(name, sequence="classes"),
        )
        for name in SHARED
    ),
)

LEVELS = (
    *(
        own(
            id=f"C25-acc-{sequence}",
            sentence=f"Over {OF_SEQUENCES[sequence]} a LoRA per task ends ahead of fine-tuning in "
            "sequence.",
            unit=POINTS,
            measure=measured(acc_over, "lora-each", "full", sequence),
            above=0,
            because=LEAD,
            gate=taught("lora-each", "full", sequence=sequence),
        )
        for sequence in SEQUENCES
    ),
    *(
        own(
            id=f"C25-joint-{sequence}",
            sentence=f"Over {OF_SEQUENCES[sequence]} a LoRA per task is less than 1.5 points "
            "behind joint training.",
            unit=POINTS,
            measure=measured(acc_over, "lora-each", "joint", sequence),
            above=-TIE,
            because=f"smaller differences are a tie; {BEFOREHAND}",
            gate=level("lora-each", "joint", sequence=sequence),
        )
        for sequence in SEQUENCES
    ),
)

NAMES = (
    *(
        control(
            id=f"C25-wrong-{name}",
            sentence=f"{LABELS[name]}: under the next task's name a permutation of the labels is "
            "answered worse than by chance.",
            unit=PERCENT,
            measure=measured(listed, "shuffled", name, "permutations"),
            below=10,
            because="that is chance, and no two permutations agree on a digit",
            limits=(0, 100),
            gate=taught(name, sequence="permutations"),
        )
        for name in FROZEN
    ),
    *(
        own(
            id=f"C25-names-{sequence}",
            sentence=f"SupSup names the task of a batch from {OF_SEQUENCES[sequence]} by one "
            "gradient more often than by chance.",
            source=SUPSUP,
            unit="% of batches",
            measure=measured(listed, "gradient", "supsup", sequence),
            above=CHANCE_OF_NAME,
            because="that is chance of five",
            gate=taught("supsup", sequence=sequence),
        )
        for sequence in ("domains", "classes")
    ),
    control(
        id="C25-names-alike",
        sentence="Where signals are the same and only labels differ, SupSup cannot name the task: "
        "it is right in a fifth of the batches.",
        unit="% of batches",
        measure=measured(listed, "gradient", "supsup", "permutations"),
        within=(CHANCE_OF_NAME - TIE, CHANCE_OF_NAME + TIE),
        because="nothing in the signals tells the task; smaller differences are a tie",
        gate=taught("supsup", sequence="permutations"),
    ),
    control(
        id="C25-random",
        sentence="SupSup's masks read domains better than random masks of as many weights.",
        unit=POINTS,
        measure=measured(trained_over_random, "domains"),
        above=0,
        because=LEAD,
        gate=taught("supsup", sequence="domains"),
    ),
)

TRANSFER = (
    *(
        Claim(
            id=f"C26-late-{sequence}",
            sentence=f"Over {OF_SEQUENCES[sequence]} a progressive network's fourth and fifth "
            "column read their tasks better than columns without laterals.",
            source=f"{ARTICLE}progressive networks (Rusu et al. 2016): transfer by laterals",
            unit=POINTS,
            measure=measured(late_over, "progressive", "scratch", sequence),
            above=0,
            because=LEAD,
            gate=taught("progressive", sequence=sequence),
        )
        for sequence in SEQUENCES
    ),
    own(
        id="C26-fwt",
        sentence="Over five domains progressive columns have a forward transfer above zero.",
        unit=POINTS,
        measure=measured(fwt, "progressive", "domains"),
        above=0,
        because="any gain over a column that was not trained is the effect",
        gate=taught("progressive", sequence="domains"),
    ),
    Claim(
        id="C26-laterals",
        sentence="Five columns have k (k - 1) / 2 = 10 lateral connections, in numbers of one.",
        source=f"{ARTICLE}progressive networks: parameters grow with the square of the tasks",
        published=PAIRS_OF_COLUMNS,
        unit="pairs of columns",
        measure=measured(connections),
        within=(PAIRS_OF_COLUMNS - 1e-6, PAIRS_OF_COLUMNS + 1e-6),
        because="that is counted; it leaves room for rounding alone",
        grid=1e-8,
    ),
    control(
        id="C26-first",
        sentence="A first column, which has no laterals, reads its task as one without them.",
        unit=POINTS,
        measure=measured(first_apart, "progressive", "scratch"),
        below=1e-9,
        because="they are the same network",
        grid=1e-10,
        gate=unlearned,
    ),
)

CLAIMS = (
    *FROZEN_FORGETS_NOTHING,
    *SHARED_FORGETS,
    *CLASSES,
    *LEVELS,
    *NAMES,
    *TRANSFER,
)
