"""What a reader may change, and what is asked whatever he changes."""

from dataclasses import dataclass

from labs.kit.settings import check, setting

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
        days=20,
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
        tested=100,
        concepts=40,
        trials=1,
        pairs=2,
        scenes=10,
    ),
    "quick": Config(
        replicates=5,
        dims=(256, 1024, 4096),
        deep_dims=(1024,),
        kept=(512, 2048, 8192),
        scene_dims=(256, 1024),
        year_dims=(64, 256, 1024),
        found_dims=(64, 1024, 4096),
        recovery_replicates=5,
        sketches=(300,),
        rival_sketches=(300,),
        shares=(0.02,),
        network_replicates=5,
        steps=1000,
        cnn_dims=(16, 64, 256),
        fitted=1000,
        tested=500,
        trials=3,
        pairs=10,
        scenes=50,
    ),
    "full": Config(),
}
