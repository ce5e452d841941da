"""Network recovery: how many columns of a network's modules its sketches alone give away.

A network of equal modules sketches random flat scenes: `active` different modules fire, each with
attributes of which `nonzero` are not zero and whose norm is one. With "noise" the sketches are the
transparent ones, whose scrambled copies are noise to the method; without, they are the plain sums
of attributes and counts in the columns of their modules.
"""

from dataclasses import dataclass

import numpy as np

from labs.kit.checks import check_sizes
from labs.kit.seeds import stream
from labs.sketches.dictionary import Dictionary, as_blocks, glue, learn_dictionary
from labs.sketches.matching import atoms_recalled, ceiling, correlation, matched, share_found
from labs.sketches.objects import Object, Scene
from labs.sketches.rivals import columns_from, sparse_code, whole_components
from labs.sketches.rotations import NAME, Blocks
from labs.sketches.sketching import overall_sketches, path_columns
from labs.sketches.space import Space
from labs.sketches.wiring import chance, count_like, placed, wiring


@dataclass(frozen=True, kw_only=True)
class Network:
    """Sizes of the network and of its scenes."""

    d: int = 8192
    modules: int = 8
    attributes: int = 12
    nonzero: int = 2
    active: int = 3
    length: int = 64
    share: float = 0.02
    noise: bool = True

    def __post_init__(self) -> None:
        check_sizes(
            modules=self.modules,
            attributes=self.attributes,
            nonzero=self.nonzero,
            active=self.active,
        )
        for name, most in (("active", "modules"), ("nonzero", "attributes")):
            if getattr(self, name) > getattr(self, most):
                raise ValueError(
                    f"{name} must be at most {most} = {getattr(self, most)}, "
                    f"got {getattr(self, name)}"
                )

    @property
    def blocks(self) -> Blocks:
        """The law of the columns."""
        return Blocks(self.length, self.share)

    @property
    def width(self) -> int:
        """Columns of a module: one per attribute and one for the count."""
        return self.attributes + 1

    def space(self, seed: int) -> Space:
        """Its space, whose columns are block-random."""
        names = {f"module {i}": self.attributes for i in range(self.modules)}
        return Space(self.d, names, self.active, seed=seed, blocks=self.blocks)


@dataclass(frozen=True, eq=False)
class Sample:
    """Sketches with what they were made of.

    Attributes:
        sketches: (S, d).
        columns: (d, C) of all modules, C = modules (attributes + 1), the counts last in each.
        activities: (S, C) attributes, and 1 for the count, times the weight; 0 of modules that did
            not fire.
        positions: (S, C) the position of the object, -1 of those that did not fire.
    """

    sketches: np.ndarray
    columns: np.ndarray
    activities: np.ndarray
    positions: np.ndarray


def sample(network: Network, samples: int, replicate: int) -> Sample:
    """Draw a network and its sketches; fewer samples are the first of many.

    >>> small = Network(d=640, modules=4, attributes=3, noise=False)
    >>> drawn = sample(small, 5, 0)
    >>> drawn.sketches.shape, drawn.columns.shape, drawn.activities.shape
    ((5, 640), (640, 16), (5, 16))
    """
    check_sizes(samples=samples)
    space, rng = network.space(replicate), stream(NAME, "scenes of recovery", replicate)
    fired = [_fired(network, rng) for _ in range(samples)]
    activities = np.zeros((samples, network.modules, network.width))
    positions = np.full(activities.shape, -1)
    for row, (modules, attributes) in enumerate(fired):
        activities[row, modules] = np.hstack([attributes, np.ones((network.active, 1))])
        positions[row, modules] = np.arange(network.active)[:, None]
    activities = activities.reshape(samples, -1) / network.active
    columns = np.hstack([space.columns(name) for name in space.modules])
    sketches = _scenes(space, fired) if network.noise else activities @ columns.T
    return Sample(sketches, columns, activities, positions.reshape(samples, -1))


def _fired(network: Network, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Modules (active,) and their attributes (active, attributes)."""
    modules = rng.permutation(network.modules)[: network.active]
    attributes = np.zeros((network.active, network.attributes))
    for row in attributes:
        values = rng.standard_normal(network.nonzero)
        row[rng.permutation(network.attributes)[: network.nonzero]] = values
    return modules, attributes / np.linalg.norm(attributes, axis=1, keepdims=True)


def _scenes(space: Space, fired: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    names = list(space.modules)
    return overall_sketches(
        space,
        [
            Scene([Object(names[module], x) for module, x in zip(modules, rows, strict=True)])
            for modules, rows in fired
        ],
    )


def recovered(
    *, d: int, samples: int, share: float, noise: bool, replicate: int, **sizes: int
) -> dict[str, float]:
    """Recover a network from its sketches alone, and judge what is found.

    Args:
        d: dimension of the sketches.
        samples: number of them.
        share: of blocks of a column that are not zero.
        noise: transparent sketches, or plain sums.
        replicate: of the network and of its scenes.
        sizes: others of `Network`.

    Returns:
        "ceiling": share of true columns that have a block at all.
        "glued", "columns": share of true columns with an estimate of |cos| > 0.9, from atoms alone
        and after filling.
        "false": estimates that are no true column's, per true column.
        "atoms": share of true atoms that are recalled.
        "correlation": of coefficients with the true activities, mean over the columns found.
        "counts", "count ceiling": share of the modules whose count is found and known as one, and
        whose count has a block at all.
        "placed", "chance": share of the columns found that are placed in the right module, and of
        groups dealt at random.
        "grouped": share of all true columns that are found and placed right.

    Raises:
        ValueError: sizes below 1 or that do not fit, fewer than 2 samples.
    """
    network = Network(d=d, share=share, noise=noise, **sizes)
    drawn = sample(network, samples, replicate)
    found = learn_dictionary(drawn.sketches, network.blocks, seed=replicate)
    glued = glue(found.atoms, d, network.blocks)
    return {
        "ceiling": ceiling(drawn.columns),
        "atoms": atoms_recalled(drawn.columns, found.atoms),
        "glued": share_found(drawn.columns, glued),
        **_columns(drawn, found),
        **_wiring(network, drawn, found, replicate),
    }


def rivals(
    *, d: int, samples: int, share: float, noise: bool, replicate: int, **sizes: int
) -> dict[str, float]:
    """What other methods find in the sketches of `recovered`, which are told how many sources there
    are: columns without noise, else columns times positions. Arguments and errors are the same.

    Returns:
        "ica", "dictionary": share of true columns with an estimate of |cos| > 0.9 by FastICA and by
        dictionary learning of whole sketches. "ica signs", "dictionary signs": the same where each
        estimate is cut to the signs in its strong blocks, as `fill` does.
    """
    network = Network(d=d, share=share, noise=noise, **sizes)
    drawn = sample(network, samples, replicate)
    count = drawn.columns.shape[1] * (network.active if noise else 1)
    scores = {}
    for name, method in (("ica", whole_components), ("dictionary", sparse_code)):
        found = method(drawn.sketches, count, seed=replicate)
        signs = as_blocks(found.T, network.blocks).T
        scores[name] = share_found(drawn.columns, found)
        scores[f"{name} signs"] = share_found(drawn.columns, signs)
    return scores


def supervised(
    *, d: int, samples: int, share: float, noise: bool, replicate: int, **sizes: int
) -> dict[str, float]:
    """Columns by least squares where attributes and counts are known, of the sketches of
    `recovered`. Arguments and errors are the same.

    A transparent sketch is linear in attributes only where the position of each object is known
    too: a column has another image at each position.

    Returns:
        "columns": share of true columns with an estimate of |cos| > 0.9, from attributes and counts
        alone. "signs": the same where each estimate is cut to the signs in its strong blocks.
        "unexplained": share of the sketches' squares that attributes and counts leave.
        "unknowns": columns where positions are known too: once per position where there is noise.
        "determined": share of them that the samples determine. Counts at positions never are: every
        position holds one object in every sample. "error": largest error in those that are, over
        the largest number of all; NaN without any.
    """
    network = Network(d=d, share=share, noise=noise, **sizes)
    drawn = sample(network, samples, replicate)
    found, _ = columns_from(drawn.activities, drawn.sketches)
    left = drawn.sketches - drawn.activities @ found.T
    activities, images = _images(network, drawn, replicate)
    read, determined = columns_from(activities, drawn.sketches)
    wrong = np.abs(read - images)[:, determined]
    return {
        "columns": share_found(drawn.columns, found),
        "signs": share_found(drawn.columns, as_blocks(found.T, network.blocks).T),
        "unexplained": float((left**2).sum() / (drawn.sketches**2).sum()),
        "unknowns": float(images.shape[1]),
        "determined": float(determined.mean()),
        "error": float(wrong.max() / np.abs(images).max()) if wrong.size else float("nan"),
    }


def _images(network: Network, drawn: Sample, replicate: int) -> tuple[np.ndarray, np.ndarray]:
    """All that sketches are sums of: activities (S, U) and columns (d, U)."""
    if not network.noise:
        return drawn.activities, drawn.columns
    space, places = network.space(replicate), range(network.active)
    images = [path_columns(space, [(i, name)]) for i in places for name in space.modules]
    activities = [drawn.activities * (drawn.positions == i) for i in places]
    return np.hstack(activities), np.hstack(images) * space.shares["attributes"]


def _columns(drawn: Sample, learnt: Dictionary) -> dict[str, float]:
    true, found = matched(drawn.columns, learnt.columns)
    total = drawn.columns.shape[1]
    return {
        "columns": len(true) / total,
        "false": (learnt.columns.shape[1] - len(true)) / total,
        "correlation": correlation(drawn.activities[:, true], learnt.coefficients[:, found]),
    }


def _wiring(
    network: Network, drawn: Sample, learnt: Dictionary, replicate: int
) -> dict[str, float]:
    true, found = matched(drawn.columns, learnt.columns)
    groups, modules = wiring(learnt.coefficients)[found], true // network.width
    counts = true % network.width == network.attributes
    known = count_like(learnt.coefficients)[found] & counts
    right = placed(groups, modules)
    return {
        "counts": float(known.sum()) / network.modules,
        "count ceiling": ceiling(drawn.columns[:, network.attributes :: network.width]),
        "placed": right,
        "chance": chance(groups, modules, stream(NAME, "chance of wiring", replicate)),
        "grouped": right * len(true) / drawn.columns.shape[1] if len(true) else 0.0,
    }
