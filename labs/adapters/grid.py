"""What is varied and what is measured.

A replicate draws its data set, its base, the modules' starts and the batch order; the methods of a
replicate share all of them, and all domains are changes of the same signals. Every network is
tested on the same fresh examples of its domain.
"""

from dataclasses import dataclass

from labs.data.domains import DOMAINS, Domain
from labs.kit.settings import check, setting
from labs.nn.modules.methods import BUDGET, METHODS

NAME = "adapters"
MAIN = ("reverse", "ramp", "diff", "stretch")  # in which modules are compared
SWEPT = ("reverse", "diff")  # in which their sizes are
TUNED = "reverse+ramp"  # on which rates are chosen, in a replicate of its own
NO_GAP = ("iid.1", "len20")  # where information is lost and nothing is to be gained
COMPARED = ("full", "full-twice", "head", "scratch", "ticket", "supermask", *BUDGET)
WITH_FEW = ("full", "head", "scratch", *BUDGET)
VALIDATION = 500  # examples, to choose methods by; twice as many to choose rates by
LOOKED_AT = 250  # of them at each of
LOOKS = 10  # looks at the validation accuracy of a run, where its speed is asked for
CONTROLLED = ("full", "lora", "adapter", "prompt")
SIZES = tuple(
    name
    for name in METHODS
    if name.startswith(("lora-", "adapter-", "prompt-", "prefix-", "lt-sft-", "intrinsic-"))
    and name != "lora-all"
)
LINEAGE = tuple(n for n in METHODS if n.startswith(("random-", "largest-", "without-")))
INTRINSIC = tuple(name for name in METHODS if name.startswith("intrinsic"))
IDENTITIES = ("LoRA", "sparse difference", "prefix", "(IA)³")

# Of hypernetworks: domains that they train on, and those that they have never seen
SEEN = {
    "clean": Domain(),
    "ramp 1": Domain(ramp=1),
    "ramp 2": Domain(ramp=2),
    "gain 0.6": Domain(gain=0.6),
    "gain 0.3": Domain(gain=0.3),
    "stretch 0.5": Domain(stretch=0.5),
    "stretch 1": Domain(stretch=1),
    "reverse": Domain(reverse=True),
}
UNSEEN = {
    "ramp 1.5": Domain(ramp=1.5),
    "gain 0.42": Domain(gain=0.42),
    "stretch 0.75": Domain(stretch=0.75),
    "ramp 3": Domain(ramp=3),
    "reverse, ramp 1": Domain(reverse=True, ramp=1),
}
NEAREST = ("ramp 2", "gain 0.3", "stretch 1", "ramp 2", "reverse")  # of SEEN, to each of UNSEEN
ORACLES = ("full", "adapter")  # trained in each of UNSEEN
OF_DIMENSIONS = ("stretch", "gain")  # where intrinsic dimensions are measured beside `SWEPT`
HYPERNETWORKS = ("metadata", "shuffled")  # what they are told in training


@dataclass(frozen=True)
class Config:
    """What a reader may change."""

    replicates: int = setting(10, "bases, each with modules of its own", least=1)
    methods: tuple[str, ...] = setting(COMPARED, "ways to adapt", among=METHODS)
    domains: tuple[str, ...] = setting(MAIN, "in which methods are compared", among=DOMAINS)
    examples: tuple[int, ...] = setting((100, 1500), "training examples", least=1)
    few: tuple[str, ...] = setting(
        WITH_FEW, "of the methods those with fewer examples, too", among=METHODS, empty=True
    )
    sizes: tuple[str, ...] = setting(
        (*SIZES, *LINEAGE), "further methods, with most examples", among=METHODS, empty=True
    )
    swept: tuple[str, ...] = setting(SWEPT, "domains of the further methods", among=DOMAINS)
    pilot: tuple[str, ...] = setting(
        tuple(DOMAINS), "domains of the pilot table: base and full fine-tuning", among=DOMAINS
    )
    controls: tuple[str, ...] = setting(
        CONTROLLED, "methods in the domains without a gap", among=METHODS, empty=True
    )
    hypernetworks: bool = setting(True, "whether hypernetworks are trained")
    steps: int = setting(300, "training steps of a module, with few examples half of them", least=2)
    batch: int = setting(16, "training examples per step", least=1)
    base_steps: int = setting(500, "training steps of the base", least=1)
    small: bool = setting(False, "whether the base is the small one")
    tests: int = setting(2000, "test examples", least=1)

    def __post_init__(self) -> None:
        check(self)


PRESETS = {
    "smoke": Config(
        replicates=2,
        methods=("full", "lora", "adapter", "prompt"),
        domains=("reverse", "ramp"),
        examples=(100,),
        sizes=(),
        pilot=("clean", "reverse", "ramp"),
        controls=(),
        hypernetworks=False,
        steps=10,
        base_steps=10,
        small=True,
        tests=50,
    ),
    "quick": Config(
        replicates=5,
        examples=(1500,),
        methods=("full", "head", "lt-sft", "bitfit", "lora", "prompt", "prefix", "adapter", "ia3"),
        sizes=("lora-1", "lora-8", "adapter-1", "adapter-16", "intrinsic"),
        controls=("full", "lora"),
        pilot=("clean", *MAIN, *NO_GAP),
        hypernetworks=False,
        steps=150,
        base_steps=500,
        small=True,
        tests=2000,
    ),
    "full": Config(),
}
WITHIN = ("domain", "replicate")


@dataclass(frozen=True)
class Cell:
    """One adapted network."""

    question: str  # "adapt", "base", "identities", "hypernetwork", or of the bench "timing"
    method: str  # a key of METHODS, or "" where nothing is trained
    domain: str  # a key of DOMAINS, or "" where there is none
    examples: int
    steps: int
    batch: int
    base_steps: int
    small: bool
    tests: int
    looks: int  # at the validation accuracy in training
    replicate: int


@dataclass(frozen=True)
class Record:
    """What is measured of it; accuracies in percent, on fresh test examples of the domain. None
    where a question does not ask for it."""

    accuracy: float | None = None
    base: float | None = None  # of the frozen base in the domain
    clean: float | None = None  # of the frozen base in its own domain
    remapped: float | None = None  # of the base in the domain, its labels permuted as is best
    validation: float | None = None  # on further examples of the domain
    rate: float | None = None  # of Adam, as chosen
    trained: int | None = None  # numbers that train and ship
    share: float | None = None  # of the base's parameters, in percent
    bits: int | None = None  # to ship a module
    runs: int | None = None  # of training
    needed: int | None = (
        None  # steps until 95 % of its own last validation accuracy, all runs; None without looks
    )
    macs: float | None = None  # multiplications per signal, of the base's
    merged_macs: float | None = None  # the same, merged where that is possible
    step_macs: float | None = None  # of a step, of a step of full fine-tuning
    kept: float | None = None  # kB per signal that a step keeps for its backward pass
    start: float | None = None  # largest change of a logit by a module at its start
    merging: float | None = None  # largest change of a logit by merging
    moved: float | None = None  # largest change of a weight of the base by training
    errors: list[float] | None = None  # of the identities in IDENTITIES (4,)
    unseen: list[float] | None = None  # accuracies in the domains of UNSEEN (5,)
    nearest: list[float] | None = None  # the same, told that they are those of NEAREST (5,)


def cells(config: Config) -> list[Cell]:
    """The grid: the pilot, the comparison by examples, further sizes, controls, identities and
    hypernetworks; a network that two of them ask for is there once."""
    most = max(config.examples)
    asked = [("base", "", domain, 0) for domain in config.pilot]
    asked += [("adapt", "full", domain, most) for domain in config.pilot if domain != "clean"]
    asked += [
        ("adapt", method, domain, examples)
        for examples in config.examples
        for method in config.methods
        if examples == most or method in config.few
        for domain in config.domains
    ]
    asked += [("adapt", name, domain, most) for name in config.sizes for domain in config.swept]
    asked += [("adapt", name, domain, most) for name in config.controls for domain in NO_GAP]
    if "intrinsic-30" in config.sizes:
        asked += [("adapt", name, d, most) for name in INTRINSIC for d in OF_DIMENSIONS]
    asked.append(("identities", "", "", 0))
    if config.hypernetworks:
        asked += [("hypernetwork", arm, "", most) for arm in HYPERNETWORKS]
        asked += [("base", "", domain, 0) for domain in UNSEEN]
        asked += [("adapt", name, domain, most) for name in ORACLES for domain in UNSEEN]
    return [
        _cell(config, *one, replicate)
        for one in dict.fromkeys(asked)
        for replicate in range(config.replicates)
    ]


def _cell(
    config: Config, question: str, method: str, domain: str, examples: int, replicate: int
) -> Cell:
    trains = question in ("adapt", "hypernetwork")
    few = trains and examples < max(config.examples)
    compared = trains and not few and method in config.methods and domain in config.domains
    return Cell(
        question,
        method,
        domain,
        examples,
        steps=(config.steps // 2 if few else config.steps) * trains,
        batch=config.batch * trains,
        base_steps=config.base_steps,
        small=config.small,
        tests=0 if question == "identities" else config.tests,
        looks=LOOKS * compared,
        replicate=replicate,
    )
