# %% [markdown]
# # How much of a scene fits into one vector?
#
# A scene holds a 4, a 7 and another 4, each in its own handwriting. Ten modules look at it, one for
# each digit. A module that finds its digit writes down twelve numbers: the heights of the stroke,
# its *waveform*. Can all this be kept in one vector of fixed length, although nobody knows yet what
# will be asked?
#
# The idea, after Ghazi, Panigrahy and Wang (2019): every module turns what it wrote by a random
# turn of its own, and all is added up. The sum is a **sketch**. Who knows a module's turn can turn
# the sketch back and read. Everything else in it then points somewhere random and looks like noise.
# How much noise is today's question.

# %% tags=["setup"]
REPLICATE = 0

import numpy as np

from labs.course import check, contribute, figure, require_seal, reveal, seal, show, start, steps
from mnist1d.templates import get_templates

start("sketches", replicate=REPLICATE, steps={"scenes": 80})

# %% [markdown]
# ## Predict
#
# The *error* is the root of the mean square of what was read minus what was written. The vector has
# d numbers.
#
# * `slope`: on two logarithmic axes, error against d is a straight line. Its slope? (-1 would say:
#   double d halves the error.) Give an interval that holds the truth with a chance of 80 %.
# * `right_512`: of how many scenes of three digits can all ten counts (no 0, two 4s, one 7, ...) be
#   read without a mistake from 512 numbers? A share from 0 to 1, as an interval.
# * `numbers`: how many numbers until that share is above 0.95: "64", "256", "1024" or "4096"?
# * `half`: the second half of the vector is erased. "nothing can be read", "half of the numbers are
#   lost", "all errors grow 1.4 times" or "all errors double"?
#
# Replace all four by your own.

# %% tags=["predict"]
seal(
    "sketches",
    {
        "slope": (-1.2, -0.4),
        "right_512": (0.1, 0.6),
        "numbers": "4096",
        "half": {"half of the numbers are lost": 0.6, "all errors double": 0.4},
    },
)

# %% [markdown]
# ## Build
#
# ### 1. A random turn
#
# A matrix R is *orthonormal* when its columns have length 1 and stand at right angles. Then R
# changes no length, and its transpose undoes it. It is *uniform* when it prefers no direction. To
# draw one: fill a matrix with normal numbers and take `q, r = np.linalg.qr(...)`. The columns of q
# are orthonormal, but the signs that numpy gives them are not random; multiply each column by the
# sign of r's diagonal.


# %% tags=["exercise:random_rotation"]
def random_rotation(d: int, seed: int) -> np.ndarray:
    """Draw a uniformly random orthonormal matrix (d, d) that `seed` alone decides.

    If the diagonal of r is (-2, 3), the first column of q changes its sign.
    """
    ### BEGIN SOLUTION
    q, r = np.linalg.qr(np.random.default_rng(seed).normal(size=(d, d)))
    return q * np.sign(np.diag(r))
    ### END SOLUTION


# %% tags=["check:random_rotation"]
check("sketches.random_rotation", random_rotation)

# %% [markdown]
# ### 2. Half stays, half is turned
#
# On its way into the sketch a vector passes two rooms: its module's, and that of its place in the
# scene. In each room half of it stays as it is, and half is turned. What stays can be read without
# knowing the place; what is turned marks the place.


# %% tags=["exercise:transparent"]
def transparent(R: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return half of x (d,) plus half of x turned by R (d, d).

    With R = [[0, -1], [1, 0]], a quarter turn, [2, 4] becomes [-1, 3].
    """
    ### BEGIN SOLUTION
    return (x + R @ x) / 2
    ### END SOLUTION


# %% tags=["check:transparent"]
check("sketches.transparent", transparent)

# %% [markdown]
# ### 3. One vector for the scene
#
# Each object goes through the room of its place, by your `transparent`, and is multiplied by its
# weight; all are added up.


# %% tags=["exercise:sketch"]
def sketch(objects: np.ndarray, places: list[np.ndarray], weights: np.ndarray) -> np.ndarray:
    """Sum up k objects (k, d), each through the room of its place, times its weight.

    places holds k matrices (d, d), weights is (k,). Returns (d,). One object [2, 4] of weight 0.5
    at a place with the quarter turn of above gives [-0.5, 1.5].
    """
    ### BEGIN SOLUTION
    rooms = [transparent(R, x) for R, x in zip(places, objects, strict=True)]
    return weights @ np.array(rooms)
    ### END SOLUTION


# %% tags=["check:sketch"]
check("sketches.sketch", sketch)

# %% [markdown]
# ### 4. Read a waveform
#
# A module writes n numbers as the first of d, the rest 0, and turns them by its R. To read, turn
# back, keep the first n, and multiply by a *gain*, which makes up for what was halved on the way.


# %% tags=["exercise:recover"]
def recover(vector: np.ndarray, R: np.ndarray, gain: float, n: int) -> np.ndarray:
    """Turn vector (d,) back from R (d, d); return gain times its first n numbers, (n,).

    With the quarter turn of above, gain 8 and n = 1, [0.5, 0.25] gives [2]: turned back it is
    [0.25, -0.5].
    """
    ### BEGIN SOLUTION
    return gain * (R.T @ vector)[:n]
    ### END SOLUTION


# %% tags=["check:recover"]
check("sketches.recover", recover)

# %% [markdown]
# ### 5. Count
#
# A module writes a 1 in front of each waveform, and in the sum these ones add up. So the first
# number read is how many objects the module found, plus noise; it need not be whole.


# %% tags=["exercise:count"]
def count(vector: np.ndarray, R: np.ndarray, gain: float) -> float:
    """Read from vector (d,) how many objects the module with R (d, d) found, noise and all.

    With the quarter turn of above and gain 8, [0.5, 0.25] gives 2.0.
    """
    ### BEGIN SOLUTION
    return float(gain * (R[:, 0] @ vector))
    ### END SOLUTION


# %% tags=["check:count"]
check("sketches.count", count)

# %% [markdown]
# ### How large will the noise be?
#
# Before the run, on paper. Half of (1, waveform) has squared length 1/2, for our waveforms have
# length 1. Each room halves a squared length: 1/8 per object. With k objects of weight 1/k the
# sketch has 1/(8k), and a random direction among d holds 1/d of that. What is left of a number is
# 1/2 x 1/2 x 1/2 x 1/k, so the gain is 8k, squared 64k^2: in all 8k/d. Of these 8k, 2 are no noise:
# the squared length of what the module itself wrote, which is read exactly. So
#
# **error = sqrt((8k - 2) / d)**.
#
# ## Run
#
# Five lengths d; at each ten modules and four places, all turns drawn by your function. Scenes hold
# k = 1, 2 or 4 digits, with weights 1/k. About 10 seconds.

# %% tags=["run"]
require_seal("sketches")

LENGTHS, SIZES, N = (64, 128, 256, 512, 1024), (1, 2, 4), 12
Turns = tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]
rng = np.random.default_rng(REPLICATE)
stroke = get_templates()["x"]  # the ten digits as they were drawn, (10, 12)


def draw_turns(d: int) -> Turns:
    """Turns of ten modules, of ten modules' rooms and of four places' rooms, each (d, d)."""
    drawn = [random_rotation(d, 1000 * REPLICATE + i) for i in range(24)]
    return drawn[:10], drawn[10:20], drawn[20:]


def handwriting(labels: np.ndarray) -> np.ndarray:
    """What modules write of digits with labels (k,): 1, and a waveform of length 1; (k, 13)."""
    waves = stroke[labels] + 0.1 * rng.normal(size=(len(labels), N))
    waves /= np.linalg.norm(waves, axis=1, keepdims=True)
    return np.hstack([np.ones((len(labels), 1)), waves])


def written(labels: np.ndarray, what: np.ndarray, weights: np.ndarray, turns: Turns) -> np.ndarray:
    """The sketch of a scene (d,): each object through its module's room, then your function."""
    own, rooms, places = turns
    objects = [
        transparent(rooms[c], own[c][:, : N + 1] @ numbers / 2)
        for c, numbers in zip(labels, what, strict=True)
    ]
    return np.asarray(sketch(np.array(objects), places[: len(labels)], weights))


def read(vector: np.ndarray, labels: np.ndarray, gains: list[float], turns: Turns) -> np.ndarray:
    """What is read of the modules with these labels, (k, 13)."""
    pairs = zip(labels, gains, strict=True)
    return np.array([recover(vector, turns[0][c], gain, N + 1) for c, gain in pairs])


turns = {d: draw_turns(d) for d in LENGTHS}

# %% tags=["run"]


def attribute_error(d: int, k: int, kept: int) -> float:
    """The error of k different digits when the first `kept` of d numbers are left."""
    off = []
    for _ in range(steps("scenes")):
        labels = rng.choice(10, size=k, replace=False)
        what = handwriting(labels)
        vector = written(labels, what, np.full(k, 1 / k), turns[d])
        vector[kept:] = 0
        gain = 8 * k * d / kept  # of what a direction holds, kept / d is left
        off.append((read(vector, labels, [gain] * k, turns[d]) - what)[:, 1:])
    return float(np.sqrt(np.mean(np.square(off))))


def all_right(d: int) -> bool:
    """Whether all ten counts of a scene of three digits, rounded, are right."""
    labels = rng.integers(10, size=3)
    vector = written(labels, handwriting(labels), np.full(3, 1 / 3), turns[d])
    counts = [round(float(count(vector, R, 24))) for R in turns[d][0]]
    return counts == np.bincount(labels, minlength=10).tolist()


error = {k: np.array([attribute_error(d, k, kept=d) for d in LENGTHS]) for k in SIZES}
right = [np.mean([all_right(d) for _ in range(steps("scenes"))]) for d in LENGTHS]
half = attribute_error(1024, 4, kept=512) / error[4][-1]
slope = float(np.polyfit(np.log(LENGTHS), np.log(error[4]), 1)[0])
theory = {k: np.sqrt((8 * k - 2) / np.array(LENGTHS)) for k in SIZES}
print(f"slope with 4 digits: {slope:.3f}; half of 1024 numbers erased: error times {half:.2f}")
for d, share in zip(LENGTHS, right, strict=True):
    print(f"all counts right with {d:4} numbers: {share:.2f} of scenes")

contribute(
    "sketches",
    slope_off=abs(slope + 0.5),
    constant_off=float(np.abs(error[4] / theory[4] - 1).mean()),
    half_kept=half,
    right_1024=float(right[-1]),
)

# %% [markdown]
# ## Look
#
# A 7 in a scene of four digits, written and read. Look for the length at which you would know it.

# %% tags=["look"]
labels = np.array([7, 4, 0, 2])
what = handwriting(labels)
drawn, panels = figure(3, width=2.7, height=2.6)
for axes, d in zip(panels, (64, 256, 1024), strict=True):
    found = read(written(labels, what, np.full(4, 1 / 4), turns[d]), labels, [32] * 4, turns[d])
    axes.plot(what[0, 1:], "o-", label="written")
    axes.plot(found[0, 1:], "x--", label="read")
    axes.set(title=f"d = {d}", xlabel="point of the stroke", ylim=(-1.6, 1.6))
panels[0].set_ylabel("height")
panels[2].legend()
show(drawn, "The waveform of a 7, one of four digits in a sketch of d numbers.", name="seven")

# %% [markdown]
# Left: do the marks lie on the lines of theory, which were there before the run? Right: how many
# numbers does a scene of three digits need before all its counts are right?

# %% tags=["look"]
drawn, (left, beside) = figure(2, width=4.2, height=3.4)
for k, mark, color in zip(SIZES, "os^", ("C0", "C1", "C2"), strict=True):
    left.plot(LENGTHS, theory[k], color=color, linestyle="--")
    left.plot(LENGTHS, error[k], mark, color=color, label=f"{k} digit{'s' if k > 1 else ''}")
left.plot([], [], "--", color="grey", label="sqrt((8k - 2) / d)")
left.set_yscale("log", base=2)
left.set_yticks([1 / 2**i for i in range(5)], ["1", "1/2", "1/4", "1/8", "1/16"])
left.set(ylabel="error of a waveform's numbers")
left.legend()
beside.plot(LENGTHS, right, "o-")
beside.axhline(0.95, color="grey", linestyle=":")
beside.set(ylabel="share of scenes, all counts right")
for axes in (left, beside):
    axes.set_xscale("log", base=2)
    axes.set(xticks=LENGTHS, xticklabels=LENGTHS, xlabel="numbers in the sketch, d")
show(drawn, f"What a sketch holds; slope {slope:.2f} with four digits.")

# %% [markdown]
# Now your predictions, and the reference: more scenes, more replicates, up to 16 objects.

# %% tags=["look"]
reveal("sketches")

# %% [markdown]
# Be fair to the raw data: three signals of MNIST-1D are 120 numbers, and their sketch needs about
# 1000 for its counts. One scene is not shortened. A sketch can pay where many scenes share it.

# %% [markdown] tags=["explain:noise"]
# ## Explain
#
# ### Explain: noise
#
# In 3 to 6 sentences: what slope did you and the class find, and how sure is it? Where does the
# noise come from, although nothing random happens after the turns are drawn? What would contradict
# the law? What can your own run not tell?
#
# <!-- BEGIN SOLUTION -->
# With four digits my slope was about -0.50 from five lengths; the class's mean differs from it by
# less than 0.02. What I read of one module is exact plus what all other parts of the sketch have in
# its twelve directions. These parts are turned at random, so of their squared length each direction
# gets about 1/d, and the root of it falls as d to the power -1/2. A slope that leaves -1/2 with
# larger d, or modules whose turns were alike, would contradict it. My run has one draw of turns and
# equal weights, and knows which modules to ask.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Vary
#
# Turn one knob: the weights. One of four digits gets 0.7, the others 0.1 each; the gain becomes 8 /
# weight. All four share one noise. With equal weights and 1024 numbers the error was about 0.17:
# predict the two errors, then run. Which digits would survive an erasure?

# %% tags=["vary"]
WEIGHTS = [0.7, 0.1, 0.1, 0.1]

off = []
for _ in range(steps("scenes")):
    labels = rng.choice(10, size=4, replace=False)
    what = handwriting(labels)
    vector = written(labels, what, np.array(WEIGHTS), turns[1024])
    off.append((read(vector, labels, [8 / w for w in WEIGHTS], turns[1024]) - what)[:, 1:])
print("errors:", *(f"{value:.2f}" for value in np.sqrt(np.mean(np.square(off), axis=(0, 2)))))
