# %% [markdown]
# # Does test error fall a second time?
#
# The old picture of model size is a valley: small models miss the pattern, large ones fit the
# noise, the best lies between. Yet networks with more weights than examples fit every training
# label and still predict well. *Double descent* is a picture that has room for both: test error
# falls, rises to a peak, and falls a second time.
#
# To see it you need no training loop. A *random feature* of a signal is max(0, weighted sum +
# offset), with weights that are drawn once and never trained. Only what is read out of the features
# is fitted, in one step. It is a network with one hidden layer whose first half stays as it began,
# and its size is the number P of features.

# %% tags=["setup"]
REPLICATE = 0

from labs.course import check, contribute, data, require_seal, reveal, seal, show, start

start("double_descent", replicate=REPLICATE)

# %% [markdown]
# ## Predict
# You will fit 400 signals with 10 to 4000 features, twice: with the right labels, and with 15 % of
# the training labels wrong. Error is the percentage of test signals that are misread. Guessing
# gives 90.
#
# 1. `peak`: With right labels, at how many features does test error peak: "40", "100", "400",
#    "4000" or "nowhere"?
# 2. `rise`: By how many points does it rise from its valley to that peak? (0 if nowhere)
# 3. `noise`: With wrong labels, is this rise "larger" or "smaller"?
# 4. `best`: With right labels, which model has the lowest test error: "one of at most 400 features"
#    or "the largest"?
# 5. `trained`: Now a network of two hidden layers that is trained as usual. 15 % of its labels are
#    drawn anew; a tenth of those stay right, so 13.5 % are wrong. By how many points does its test
#    error rise from its valley to a later peak?
#
# An interval (2 and 5) should hold the truth with a chance of 80 %. Replace all answers.

# %% tags=["predict"]
seal(
    "double_descent",
    {
        "peak": {"100": 0.3, "400": 0.3, "4000": 0.1, "nowhere": 0.3},
        "rise": (1, 10),
        "noise": "larger",
        "best": "one of at most 400 features",
        "trained": (2, 12),
    },
)

# %% [markdown]
# ## Build
# ### 1. Random features
# Signals are rows, features are columns. The weights come from outside, so that a model of 100
# features can use the first 100 columns of a larger one.

# %% tags=["exercise:random_features"]
import numpy as np


def random_features(x: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Compute P features of each of N signals: max(0, weighted sum + offset), an array (N, P).

    x (N, L) holds signals, W (L, P) one column of weights per feature, b (P,) one offset each.
    The signal [1, 2], the weights [3, -1] and the offset 0.5 give 1.5; with the offset -2 they
    give 0.
    """
    ### BEGIN SOLUTION
    return np.maximum(x @ W + b, 0)
    ### END SOLUTION


# %% tags=["check:random_features"]
check("double_descent.random_features", random_features)

# %% [markdown]
# ### 2. The shortest weights that fit best
# Let A hold the features of the training signals, and Y what should come out: ten numbers per
# signal, 1 for its digit and 0 for the others. We want weights w with A w close to Y. With fewer
# features than signals one w is the best; with more, infinitely many fit exactly. Of those take the
# *shortest*, whose squares have the least sum. One function of numpy does both: look for
# *least squares* or *pseudo-inverse*. Solving A'A w = A'Y (A' is A transposed) will not do: with
# many features it has no single solution.


# %% tags=["exercise:min_norm_fit"]
def min_norm_fit(A: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Find the weights w (P, K) with the least squared misfit of A w to Y; of several the shortest.

    A (N, P) holds features, Y (N, K) targets. One signal with the features [3, 4] and the target
    [50] is hit by w = [[6], [8]], of length 10, and by no shorter w.
    """
    ### BEGIN SOLUTION
    return np.linalg.lstsq(A, Y, rcond=None)[0]
    ### END SOLUTION


# %% tags=["check:min_norm_fit"]
check("double_descent.min_norm_fit", min_norm_fit)

# %% [markdown]
# ### 3. The interpolation threshold
# The smallest model that manages to fit all its training data stands at the *interpolation
# threshold*. Mind a table in which none does.


# %% tags=["exercise:threshold"]
def threshold(sizes: list[int], errors: list[float]) -> int | None:
    """Return the smallest size whose training error is 0, or None if there is none.

    Sizes may come in any order, and a larger size may miss again. Sizes [10, 20, 40, 80] with
    errors [9, 0, 1, 0] have the threshold 20.
    """
    ### BEGIN SOLUTION
    fitting = [size for size, error in zip(sizes, errors, strict=True) if error == 0]
    return min(fitting) if fitting else None
    ### END SOLUTION


# %% tags=["check:threshold"]
check("double_descent.threshold", threshold)

# %% [markdown]
# ### 4. Rise and fall
# Two numbers describe a second descent: how far the error rises from its valley to the peak, and
# how far it falls from there to the largest model.


# %% tags=["exercise:rise_and_fall"]
def rise_and_fall(test_errors: list[float], at: int) -> tuple[float, float]:
    """Measure a curve of test errors, smallest model first, whose peak is at place `at`.

    The rise is the error at the peak minus the lowest error up to it; the fall is the error at the
    peak minus the last error. Errors [70, 60, 75, 50, 55] and at = 2 give (15, 20).
    """
    ### BEGIN SOLUTION
    peak = test_errors[at]
    return peak - min(test_errors[: at + 1]), peak - test_errors[-1]
    ### END SOLUTION


# %% tags=["check:rise_and_fall"]
check("double_descent.rise_and_fall", rise_and_fall)

# %% [markdown]
# ## Run
# Twelve sizes, twice: a few seconds. The models are fitted to numbers, not to labels, so their
# training error is here the largest miss of any target, `misfit`. Meanwhile read what was published
# of trained networks with 13.5 % wrong labels (Greydanus and Kobak 2024, Figure 5): from its valley
# the error of an MLP rises by 6.8 points, and from that peak it falls by 8.6.

# %% tags=["run"]
require_seal("double_descent")

SIZES = [10, 25, 50, 100, 200, 300, 400, 500, 700, 1000, 2000, 4000]
digits = data()


def relabelled(y: np.ndarray, share: float) -> np.ndarray:
    """Make a share of the labels wrong."""
    rng, y = np.random.default_rng([REPLICATE, 1]), y.copy()
    chosen = rng.permutation(len(y))[: round(share * len(y))]
    y[chosen] = (y[chosen] + rng.integers(1, 10, size=len(chosen))) % 10
    return y


def sweep(examples: int, noise: float) -> dict[str, list[float]]:
    """Fit models of all sizes; per size the test error in percent, misfit and length of w."""
    rng = np.random.default_rng(REPLICATE)
    W, b = rng.normal(size=(40, max(SIZES))) / 40**0.5, rng.normal(size=max(SIZES)) / 2
    Y = np.eye(10)[relabelled(digits.y[:examples], noise)]
    found: dict[str, list[float]] = {"test": [], "misfit": [], "length": []}
    for P in SIZES:
        A, A_test = (
            np.asarray(random_features(x, W[:, :P], b[:P]), dtype=float)
            for x in (digits.x[:examples], digits.x_test)
        )
        w = np.asarray(min_norm_fit(A, Y), dtype=float)
        found["test"].append(100 * float(((A_test @ w).argmax(axis=1) != digits.y_test).mean()))
        found["misfit"].append(round(float(np.abs(A @ w - Y).max()), 6))
        found["length"].append(float(np.linalg.norm(w)))
    return found


curves = {"right labels": sweep(400, 0.0), "15 % wrong": sweep(400, 0.15)}
moves = {}
for name, curve in curves.items():
    fits = threshold(SIZES, curve["misfit"])
    moves[name] = rise_and_fall(curve["test"], SIZES.index(400))
    peak = SIZES[int(np.argmax(curve["test"]))]
    print(f"{name}: all targets hit from {fits} features on, highest error at {peak}")
    print("    rise {:.1f}, fall {:.1f} points".format(*moves[name]))

rise, fall = moves["right labels"]
contribute(
    "double_descent",
    rise=rise,
    fall=fall,
    largest_below_valley=fall - rise,
    rise_by_noise=moves["15 % wrong"][0] - rise,
)

# %% [markdown]
# ## Look
# Look at the dashed line, where there are as many features as examples: in the upper panel for the
# peak, in the lower for the length of the weights. Then compare valley and right end. The dotted
# line is guessing: what room has the peak?

# %% tags=["look"]
from matplotlib.figure import Figure


def drawing(curves: dict[str, dict[str, list[float]]], *examples: int) -> Figure:
    figure = Figure(figsize=(6.5, 6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    for (name, curve), marker in zip(curves.items(), "oD", strict=False):
        above.plot(SIZES, curve["test"], marker=marker, label=name)
        below.plot(SIZES, curve["length"], marker=marker)
    for ax in (above, below):
        for many in examples:
            ax.axvline(many, color="grey", linestyle="--")
        ax.set(xscale="log")
        ax.set_xticks([10, 100, 400, 4000], ["10", "100", "400", "4000"])
    above.plot([], [], color="grey", linestyle="--", label="features = examples")
    above.axhline(90, color="black", linestyle=":", label="guessing")
    above.set(ylabel="Test error (%)", ylim=(55, 95))
    below.set(ylabel="Length of the weights", yscale="log", xlabel="Features")
    above.legend(loc="lower left")
    return figure


show(drawing(curves, 400), f"Test error and weights by size; data set {REPLICATE}.")

# %% [markdown]
# Now the class's results, then what is known.

# %% tags=["look"]
reveal("double_descent")

# %% [markdown]
# With random features everybody sees it. With trained networks the reference, over 10 data sets, is
# less tidy:
#
# * With wrong labels the error of an MLP rises by 2.7 points, interval 0.6 to 4.8: it rises, but
#   the one published run, with 6.8, saw more than the mean. That of a CNN rises by 11 points.
# * With right labels the MLP has no peak.
# * The size that first fits grows in proportion to the number of examples with squared error, which
#   is what you minimised; with cross-entropy, the usual loss, it grows more slowly.
#
# Double descent exists, then, and yet not in every model.

# %% [markdown]
# ## Explain
# ### Explain: why
# In 3 to 6 sentences: What did you find, in points? What would you need to say how sure that is?
# Why is the error worst where the model just fits? What would change your mind? What does this
# not say about trained networks?

# %% [markdown] tags=["explain:why"]
# <!-- BEGIN SOLUTION -->
# With 400 examples my error rose by about 18 points to a peak at 400 features and fell by about 21
# to less than its valley. One data set cannot say how sure that is: I need other replicates, as the
# class has, and an interval. With as many features as examples exactly one w hits
# all targets, whatever it costs, and it is long: small differences of signals become large
# differences of answers. With more features there is a choice, and the shortest w is tame. Wrong
# labels raise the valley more than the peak, which has no room left below guessing. I would change
# my mind if the peak stayed at 400 with 200 examples. In a trained network the features move, too:
# there the rise may be small or missing.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Vary
# Turn one knob: train on 200 examples instead of 400. Predict first: where is the peak now? And at
# 400 features, is the error with *half the data* higher or lower? Write it down, run, compare.
#
# At home: punish long weights. A ridge of strength s is your own function with more rows: in
# `sweep`, replace the line `w = ...` by
# `w = min_norm_fit(np.vstack([A, s**0.5 * np.eye(P)]), np.vstack([Y, np.zeros((P, 10))]))`. What is
# left of the peak with s = 1? Sizes up to 1000 will do.

# %% tags=["vary"]
EXAMPLES = 200

fewer = sweep(EXAMPLES, 0.0)
both = {f"{EXAMPLES} examples": fewer, "400 examples": curves["right labels"]}
show(drawing(both, EXAMPLES, 400), "The same with another number of examples.", name="vary")

# %% [markdown] tags=["instructor"]
# What to expect (data set 0): with 200 examples the peak stands at 200, and from 400 to 1000
# features half the data errs *less* (76 against 89 % at 400). With a ridge of s = 1 the error at
# 400 falls from 89 to 76 % (data set 0), or to 71 % (data set 1): little of the peak is left.
