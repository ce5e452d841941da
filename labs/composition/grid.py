"""What is varied and what is measured.

Domain modules are trained on digits in a domain, task modules on another question about clean
signals, apart from each other; then they are put together for pairs that neither has seen. Beside
them: lines between networks, arithmetic of their differences, adapters side by side, and trees. A
replicate draws data, base, modules and batch order; methods share them, and domains are changes of
the same signals.
"""

from dataclasses import dataclass
from itertools import combinations

from labs.kit.settings import check, setting
from labs.nn.modules.methods import METHODS as ALL_METHODS

NAME = "composition"
DOMAINS = ("reverse", "ramp", "diff", "stretch")
TASKS = ("permuted", "parity", "quartile")
PAIRS = tuple((domain, task) for domain in DOMAINS for task in TASKS)  # that nothing has seen
COUPLES = tuple(combinations(DOMAINS, 2))  # of domains, whose differences are added
METHODS = ("lora", "lt-sft", "ia3", "adapter", "prefix", "prompt")
SIGNALS = ("labels", "pairs", "samples")  # what a domain's module learns from
UNLABELLED = ("lora", "adapter")  # methods whose domain modules learn from all three
LAYERS = ("all", "apart")  # domain modules in the first blocks and task modules in the last
APART = ("lora", "adapter")  # methods of which that is tried
LINES = ("full", "full-bases", "adapter", "adapter-starts", "lora", "lora-starts")
ALONG = tuple(i / 10 for i in range(11))  # of a line
FINER = 4  # times the test examples at a point of a line, whose worst point is looked for
SOUP = 4  # networks
LONGER = 2  # times the steps of a network whose difference is added, so that it knows its domain
SCALES = tuple(i / 20 for i in range(21))  # of differences that are added
MERGES = ("average", "arithmetic", "fisher", "regmean", "ties", "dare")
NEW, FEW = "shear3", 200  # a domain for adapters of others, and its training examples
MIXTURES = ("base", "best", "average", "scalars", "attention", "new")
LEAVES = {"reverse": "mirrored", "negate": "mirrored", "ramp": "shifted", "gain": "shifted"}
LEAF = 100  # training examples of a leaf
CORNER = "reverse+ramp"  # where the analogy is asked for
TUNED = "negate"  # where rates are chosen, in a replicate of its own: in no pair, line or sum


@dataclass(frozen=True)
class Config:
    """What a reader may change."""

    replicates: int = setting(10, "bases, each with modules of its own", least=1)
    methods: tuple[str, ...] = setting(METHODS, "of which modules are composed", among=ALL_METHODS)
    unlabelled: tuple[str, ...] = setting(
        UNLABELLED,
        "methods whose domain modules learn without labels, too",
        among=METHODS,
        empty=True,
    )
    apart: tuple[str, ...] = setting(
        APART, "methods whose modules stand in blocks of their own, too", among=METHODS, empty=True
    )
    lines: tuple[str, ...] = setting(
        LINES, "between two networks or modules", among=LINES, empty=True
    )
    joint: bool = setting(True, "whether networks learn all pairs but those held out")
    arithmetic: bool = setting(True, "whether differences are added, negated and merged")
    mixtures: bool = setting(True, "whether adapters stand side by side")
    trees: bool = setting(True, "whether adapters stand in trees")
    examples: int = setting(1500, "training examples of a module", least=1)
    steps: int = setting(300, "training steps of a module", least=2)
    batch: int = setting(16, "training examples per step", least=1)
    base_steps: int = setting(500, "training steps of the base", least=1)
    small: bool = setting(False, "whether the base is the small one")
    tests: int = setting(
        500, "test examples of a pair or domain; four times as many at a point of a line", least=1
    )

    def __post_init__(self) -> None:
        check(self)


PRESETS = {
    "smoke": Config(
        replicates=2,
        methods=("lora",),
        unlabelled=("lora",),
        apart=("lora",),
        lines=("full",),
        examples=40,
        steps=4,
        base_steps=10,
        small=True,
        tests=10,
    ),
    "quick": Config(
        replicates=5,
        methods=("lora", "adapter"),
        unlabelled=(),
        apart=(),
        lines=("full",),
        joint=False,
        trees=False,
        steps=100,
        small=True,
        tests=300,
    ),
    "full": Config(),
}
WITHIN = ("replicate",)


@dataclass(frozen=True)
class Cell:
    """One replicate of one question."""

    question: str  # "pairs", "joint", "line", "arithmetic", "negation", "mixtures" or "trees"
    method: str  # a key of METHODS or of LINES, "" where there is none
    signal: str  # of SIGNALS
    layers: str  # of LAYERS
    examples: int
    steps: int
    batch: int
    base_steps: int
    small: bool
    tests: int
    replicate: int


@dataclass(frozen=True)
class Record:
    """What is measured; accuracies in percent, on fresh test examples. Lists over `PAIRS` (12,) go
    domain by domain, those over `DOMAINS` (4,) and `COUPLES` (6,) in their order. None where a
    question does not ask for it."""

    clean: float | None = None  # of the frozen base, on clean digits
    # Pairs
    base: list[float] | None = None  # digits in the domains, of the base (4,)
    domain: list[float] | None = None  # the same with the domain modules (4,)
    alone: list[float] | None = None  # tasks on clean signals, of the task modules (3,)
    task: list[float] | None = None  # task module alone, by pair (12,)
    composed: list[float] | None = None  # domain module, then task module (12,)
    reversed: list[float] | None = None  # task module, then domain module (12,)
    wrong: list[float] | None = None  # the module of the next of DOMAINS (12,)
    random: list[float] | None = None  # in place of it a random change of equal norm (12,)
    masked: list[float] | None = None  # of LT-SFT: its numbers at random places of a tensor (12,)
    head: list[float] | None = None  # domain module and a task's head that was trained alone (12,)
    bare: list[float] | None = None  # that head alone (12,)
    oracle: list[float] | None = None  # a module trained on the pair itself (12,)
    commutator: list[float] | None = None  # of the two orders, of what they do to logits (12,)
    swapped: float | None = None  # largest change of a logit by the order
    overlap: list[float] | None = None  # of LT-SFT: of the domain's numbers the task's, share (12,)
    chance: float | None = None  # the same of two random masks
    rates: list[float] | None = None  # of domain modules, task modules, oracles if any (2,) or (3,)
    joint: list[float] | None = None  # of networks that were trained on nine other pairs (12,)
    seen: float | None = None  # of these networks, on pairs that they were trained on
    # Lines, at ALONG
    line: list[float] | None = None  # accuracy (11,)
    singles: list[float] | None = None  # of networks that are averaged (SOUP,)
    soup: float | None = None  # of their average
    # Arithmetic
    tuned: list[float] | None = None  # of networks fine-tuned in DOMAINS, there (4,)
    couples: list[float] | None = None  # of their own that sums of two keep, in both (6,)
    all_four: float | None = None  # the same of the sum of four
    single: list[float] | None = None  # of the better one of two alone, in both (6,)
    noise: list[float] | None = None  # of sums of one and a random one of equal norm (6,)
    scales: list[float] | None = None  # chosen on validation data: couples, then all four (7,)
    couples_by_scale: list[float] | None = None  # at SCALES, mean over COUPLES (21,)
    all_by_scale: list[float] | None = None  # at SCALES (21,)
    cosines: list[float] | None = None  # of the differences of COUPLES (6,)
    analogy: list[float] | None = None  # in reverse+ramp: base, ramp, reverse, random, analogy (5,)
    merged: list[float] | None = None  # of their own that MERGES of four keep (6,)
    before: list[float] | None = None  # of a network that knows both: clean, reverse (2,)
    after: list[float] | None = None  # the same, reverse negated at the chosen scale (2,)
    after_random: list[float] | None = None  # the same, of a random change of equal norm (2,)
    scale: float | None = None  # chosen on validation data
    clean_by_scale: list[float] | None = None  # at SCALES (21,)
    reverse_by_scale: list[float] | None = None  # at SCALES (21,)
    # Mixtures and trees
    mixtures: list[float] | None = None  # in NEW, of MIXTURES (6,)
    mass: list[float] | None = None  # of the attention, on the adapters of DOMAINS (4,)
    numbers: int | None = None  # that the attention trains
    flat: list[float] | None = None  # in LEAVES, an adapter alone (4,)
    tree: list[float] | None = None  # in LEAVES, an adapter behind its family's and the root's (4,)
    root: list[float] | None = None  # in LEAVES, root and family without a leaf (4,)


def cells(config: Config) -> list[Cell]:
    """The grid: pairs by method, by what domain modules learn from and by layers; networks that
    were trained jointly; lines; arithmetic; mixtures; trees."""
    asked = [("pairs", method, "labels", "all") for method in config.methods]
    asked += [("pairs", m, s, "all") for m in config.unlabelled for s in SIGNALS[1:]]
    asked += [("pairs", method, "labels", "apart") for method in config.apart]
    asked += [("joint", "", "labels", "all")] * config.joint
    asked += [("line", line, "labels", "all") for line in config.lines]
    arithmetic = ("arithmetic", "negation") * config.arithmetic
    others = (*arithmetic, *(("mixtures",) * config.mixtures), *(("trees",) * config.trees))
    asked += [(question, "", "labels", "all") for question in others]
    return [
        Cell(
            *one,
            examples=config.examples,
            steps=config.steps * (LONGER if one[0] == "arithmetic" else 1),
            batch=config.batch,
            base_steps=config.base_steps,
            small=config.small,
            tests=config.tests * (FINER if one[0] == "line" else 1),
            replicate=replicate,
        )
        for one in dict.fromkeys(asked)
        for replicate in range(config.replicates)
    ]
