"""What is varied and what is measured.

Experts are adapters, put side by side, beside every block's feedforward layer of a frozen base; a
router says which of them act on a signal. Routers differ in what they see (the domain's name, a
signal, a token), in how they are trained, and in whether one choice serves all blocks. A replicate
draws data, base, experts, router and batch order; routers share them.
"""

from dataclasses import dataclass

from labs.kit.settings import check, setting

NAME = "routing"
DOMAINS = ("reverse", "ramp", "diff", "stretch")
NEW = "gain"  # the domain of a new expert, when those of DOMAINS are trained
MIXTURES = {
    "four": DOMAINS,
    "factor": ("clean", "reverse"),  # one factor
    "factors": ("clean", "reverse", "ramp", "reverse+ramp"),  # two factors, crossed
    "new": (NEW,),
}
LABELS = ("shared", "conflict")  # one meaning of the digits, or a permutation for each domain

FIXED = {
    "one": "one wide expert",  # as many parameters as all experts together
    "oracle": "one expert for each domain",
    "hash": "hash of the signal",
    "taught": "classifier of the domains",  # taught their names in training, not told in a test
}
HARD = {
    "argmax": "argmax, plain gradient",
    "reinforce": "REINFORCE",
    "evolution": "evolution (PathNet)",
    "gumbel": "Gumbel straight-through",
    "polytropon": "skills of a domain (Polytropon)",
    "em": "EM",
}
SOFT = {
    "dense": "dense mixture",
    "top-2": "noisy top-2",
    "switch": "Switch, no balancing",
    "switch-balanced": "Switch, balanced",
    "switch-z": "Switch, balanced, z-loss",
    "expert-choice": "experts choose",
    "smear": "merged experts (SMEAR)",
}
ROUTERS = FIXED | HARD | SOFT
NAMED = ("oracle", "polytropon", "evolution")  # routers that are told the domain's name
LEVELS = ("layer", "naive", "global", "hierarchical")
GRAINS = ("token", "example", "task")  # what gets a choice of its own
PLACE = ("layer", "example")  # level and grain where they are not varied
PLACES = {  # the same of routers that are placed elsewhere
    "one": ("naive", "example"),
    "oracle": ("naive", "task"),
    "hash": ("naive", "example"),
    "taught": ("naive", "example"),
    "argmax": ("global", "example"),  # sees what the base's stem gives: its choices cannot drift
    "evolution": ("global", "task"),
    "polytropon": ("global", "task"),
    "em": ("naive", "example"),  # so that all choices can be tried
}
AGREED = ("one", "oracle", "gumbel", "polytropon", "dense", "switch-balanced")  # shared labels, too
CROWDED = ("hash", "reinforce", "gumbel", "dense", "top-2", "switch", "switch-balanced", "switch-z")
LEVELLED = ("gumbel", "switch-balanced")  # routers of which levels and grains are compared
RIVALS = (  # of argmax, each where it stands; and argmax where evolution does
    ("reinforce", "global", "example"),
    ("gumbel", "global", "example"),
    ("argmax", "global", "task"),
)
VARIED = (  # beside PLACE; told the domain, a choice in every block is the same as all at once
    ("layer", "token"),
    ("layer", "task"),
    ("naive", "example"),
    ("naive", "task"),
    ("global", "example"),
    ("hierarchical", "example"),
)
# Levels for one and two factors, which are told: how many ways through the blocks are there?
FACTORED = ("naive", "global")
PAIR = 2  # experts of each block there
CROSSED = ("factor", "factors", "four")  # the last has as many domains, and no factors to tell
FEW = 300  # training examples where routers may learn them by heart
SHARERS = {  # how tasks of two skills are learned
    "told": "skills told",
    "polytropon": "skills found (Polytropon)",
    "shared": "one module for all",
    "wide": "one wide module for all",
    "private": "a module for each",
}
SKILLS = ("reverse", "ramp", "diff", "stretch", "square", "gain")
# At most, of pairs of skills, of which there are fifteen: they cost a fourth of a run
PAIR_STEPS, PAIR_TESTS = 400, 400
UNSEEN = 4  # pairs of skills that no network is trained on
SHOTS = 100  # training examples of such a pair
LOOKS = 5  # evaluations during training, for the churn of routes
STARTED = (0, 5, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200, 300, 500)  # steps, if a run has as many


@dataclass(frozen=True)
class Config:
    """What a reader may change."""

    replicates: int = setting(10, "bases, each with experts and routers of its own", least=1)
    routers: tuple[str, ...] = setting(tuple(ROUTERS), "what is compared", among=ROUTERS)
    experts: tuple[int, ...] = setting((4, 8), "of each block; above 4 for some routers", least=2)
    labels: tuple[str, ...] = setting(LABELS, "meaning of the digits in a domain", among=LABELS)
    levels: bool = setting(True, "whether levels and grains of routing are compared")
    starts: bool = setting(True, "whether an expert of a new domain starts from the others' mean")
    few: bool = setting(True, "whether routers learn few examples, too")
    skills: bool = setting(True, "whether tasks of two skills are learned")
    examples: int = setting(4000, "training examples of a mixture, all domains alike", least=4)
    steps: int = setting(500, "training steps", least=LOOKS)
    batch: int = setting(32, "training examples per step", least=1)
    base_steps: int = setting(500, "training steps of the base", least=1)
    small: bool = setting(False, "whether the base is the small one")
    tests: int = setting(1500, "test examples of a domain", least=1)

    def __post_init__(self) -> None:
        check(self)


PRESETS = {
    "smoke": Config(
        replicates=2,
        routers=("one", "oracle", "argmax", "gumbel", "switch"),
        experts=(4,),
        labels=("conflict",),
        levels=False,
        starts=False,
        few=False,
        skills=False,
        examples=200,
        steps=10,
        base_steps=10,
        small=True,
        tests=50,
    ),
    "quick": Config(
        replicates=5,
        routers=(
            "one",
            "oracle",
            "taught",
            "argmax",
            "reinforce",
            "gumbel",
            "dense",
            "switch",
            "switch-balanced",
        ),
        experts=(4,),
        labels=("conflict",),
        levels=False,
        starts=False,
        few=False,
        skills=False,
        steps=600,
        small=True,
        tests=250,
    ),
    "full": Config(),
}
WITHIN = ("replicate",)


@dataclass(frozen=True)
class Cell:
    """One replicate of one router, or of one way to learn tasks of two skills."""

    question: str  # "mixture", "starts" or "skills"
    router: str  # a key of ROUTERS; of "skills" one of SHARERS
    experts: int
    labels: str  # of LABELS
    domains: str  # a key of MIXTURES
    level: str  # of LEVELS
    grain: str  # of GRAINS
    examples: int
    steps: int
    batch: int
    base_steps: int
    small: bool
    tests: int
    replicate: int


@dataclass(frozen=True)
class Record:
    """What is measured; accuracies in percent on fresh test examples, by domain of the cell's
    MIXTURES (D,). Uses say of every block and domain how often each of the E experts acts, and
    their rows sum to 1. None where a question or router has none of it."""

    rates: list[float] | None = None  # of Adam, of experts and of router, chosen on validation data
    # Mixtures
    before: list[float] | None = None  # accuracy of the untrained experts, which is the base's (D,)
    # (before training: on the first 250 test examples of a domain, of argmax on all)
    accuracy: list[float] | None = None  # (D,)
    validation: float | None = None  # mean accuracy on validation examples
    train: float | None = None  # mean accuracy on training examples
    shuffled: list[float] | None = None  # accuracy told the next domain's name; of NAMED (D,)
    use: list[list[list[float]]] | None = None  # mean gate (blocks, D, E)
    chosen: list[list[list[float]]] | None = None  # share of the highest gate (blocks, D, E)
    use_before: list[list[list[float]]] | None = None  # before training (blocks, D, E)
    chosen_before: list[list[list[float]]] | None = None  # before training (blocks, D, E)
    joint_nmi: float | None = None  # NMI of domain and all blocks' highest gates taken together
    unserved: float | None = None  # share of choices that give no expert a gate above 0
    ablation: list[list[float]] | None = None  # points lost where an expert adds nothing (D, E)
    curve: list[float] | None = None  # mean validation accuracy at the looks (LOOKS,)
    churn: list[float] | None = None  # share of choices changed since the last look (LOOKS,)
    spike: float | None = None  # largest rise of the training loss above its lowest before, nats
    gradient: float | None = None  # largest of a number of the router, in all steps
    moved: float | None = None  # largest change of a number of the router by training
    # Starts: accuracy in NEW by training steps of a new expert, at those of STARTED that a run has
    from_mean: list[float] | None = None  # started from the mean of the trained experts
    from_random: list[float] | None = None  # started as the trained ones did
    # Skills, by pair in the order of `labs.routing.pairs.split`: the seen (11,), UNSEEN ones (4,)
    untaught: list[float] | None = None  # accuracy before training, which is the base's (11,)
    seen: list[float] | None = None  # accuracy (11,)
    crossed: list[float] | None = None  # the same with the next pair's row of Z (11,)
    zero: list[float] | None = None  # accuracy of what is at hand before SHOTS examples (UNSEEN,)
    unseen: list[float] | None = None  # accuracy after them (UNSEEN,)
    routed: list[float] | None = None  # the same where a new row of Z alone is trained (UNSEEN,)
    z: list[list[float]] | None = None  # learned, as probabilities (11, 6)
    z_before: list[list[float]] | None = None  # before training (11, 6)
    z_unseen: list[list[float]] | None = None  # new rows after SHOTS examples (UNSEEN, 6)


# question, router, experts, labels, domains, level, grain, training examples if not all
Asked = tuple[str, str, int, str, str, str, str, int | None]


def cells(config: Config) -> list[Cell]:
    """The grid: routers by number of experts and meaning of labels; levels and grains; one factor
    and two; few examples; new experts; skills."""
    asked = _routers(config)
    asked += _rivals(config)
    asked += _levels(config) if config.levels else []
    asked += _few(config) if config.few else []
    if config.starts:
        asked.append(("starts", "oracle", len(DOMAINS), "shared", "four", *PLACES["oracle"], None))
    if config.skills:
        asked += [
            ("skills", sharer, len(SKILLS), "shared", "four", "global", "task", None)
            for sharer in SHARERS
        ]
    return [
        Cell(
            *row[:7],
            examples=row[7] or config.examples,
            steps=min(config.steps, PAIR_STEPS) if row[0] == "skills" else config.steps,
            batch=config.batch,
            base_steps=config.base_steps,
            small=config.small,
            tests=min(config.tests, PAIR_TESTS) if row[0] == "skills" else config.tests,
            replicate=replicate,
        )
        for row in dict.fromkeys(asked)
        for replicate in range(config.replicates)
    ]


def _routers(config: Config) -> list[Asked]:
    """Fewer routers where labels are shared; more experts than domains where they conflict."""
    last, most = config.labels[-1], len(DOMAINS)
    return [
        ("mixture", router, experts, labels, "four", *PLACES.get(router, PLACE), None)
        for experts in config.experts
        for labels in config.labels
        for router in config.routers
        if (labels == last and (experts <= most or router in CROWDED))
        or (labels != last and experts <= most and router in AGREED)
    ]


def _rivals(config: Config) -> list[Asked]:
    least, last = min(config.experts), config.labels[-1]
    return [
        ("mixture", router, least, last, "four", level, grain, None)
        for router, level, grain in RIVALS
        if {router, "evolution" if grain == "task" else "argmax"} <= {*config.routers}
    ]


def _levelled(config: Config) -> list[str]:
    return [router for router in LEVELLED if router in config.routers]


def _levels(config: Config) -> list[Asked]:
    least, last = min(config.experts), config.labels[-1]
    four: list[Asked] = [
        ("mixture", router, least, last, "four", level, grain, None)
        for router in _levelled(config)
        for level, grain in VARIED
    ]
    oracle: list[Asked] = [("mixture", "oracle", PAIR, last, "factor", *PLACES["oracle"], None)]
    return (
        four
        + [
            ("mixture", router, PAIR, last, domains, level, "task", None)
            for router in _levelled(config)
            for domains in CROSSED
            for level in FACTORED
        ]
        + (oracle if "oracle" in config.routers else [])
    )


def _few(config: Config) -> list[Asked]:
    asked = [("oracle", *PLACES["oracle"])]
    asked += [(router, "layer", grain) for router in _levelled(config) for grain in GRAINS]
    least, last = min(config.experts), config.labels[-1]
    return [("mixture", r, least, last, "four", level, grain, FEW) for r, level, grain in asked]
