# %% [markdown]
# # When is a difference a result?
#
# Two networks were trained, in two ways. One reads 61.3 % of the test signals, the other 60.2 %. Is
# the first way better? Today you write the rule by which this course answers, and try it on three
# ways to train an MLP, a network with two hidden layers of 100 units.
#
# One word first. A **replicate** is the whole experiment once more: another data set of the same
# kind, other first weights. A thousand test signals are not a thousand replicates: they test one
# network.

# %% tags=["setup"]
REPLICATE = 0

import numpy as np
from scipy import stats

from labs.course import check, contribute, require_seal, reveal, seal, show, start, steps
from labs.lessons.verdicts import pictures
from labs.lessons.verdicts.training import curves

start("verdicts", replicate=REPLICATE, steps={"mlp": 1000})

# %% [markdown]
# ## Predict
#
# Give 80 % intervals: two numbers between which you expect the truth four times in five.
#
# * `width`: from 6 replicates you compute a mean and its 95 % interval. How wide is it, from low to
#   high, in standard deviations of the six values?
# * `luck`: the same MLP is trained on two data sets. In how many of 100 such pairs do the two test
#   accuracies differ by more than 1 point?
# * `family`: a paper makes 29 claims, and nothing is behind any of them. Each is judged by a 95 %
#   interval. In how many of 100 such papers does at least one interval exclude zero?
# * `best`: in the full lab logistic regression is evaluated 25 times on its test signals while it
#   trains (below, your MLP 20 times). By how many points does the best of them exceed the last?

# %% tags=["predict"]
seal(
    "verdicts",
    {  # replace all of these by your own
        "width": (0.5, 2),
        "luck": (10, 40),
        "family": (5, 40),
        "best": (0, 1),
    },
)

# %% [markdown]
# ## Build
#
# ### 1. An interval
#
# The mean of n values lies within t standard errors of the true mean; the standard error is the
# standard deviation (with n - 1) over the root of n. The number t comes from Student's t
# distribution with n - 1 degrees of freedom: `stats.t.ppf(q, n - 1)` is the value below which a
# share q lies. A 95 % interval leaves out 2.5 % on each side.


# %% tags=["exercise:t_interval"]
def t_interval(values: list[float], confidence: float = 0.95) -> tuple[float, float]:
    """Return the two-sided t interval (low, high) of the mean of n values, n at least 2.

    For [1, 2, 3] at 95 %, with t = 4.303: (-0.484, 4.484).
    """
    ### BEGIN SOLUTION
    n = len(values)
    error = np.std(values, ddof=1) / np.sqrt(n)
    half = stats.t.ppf(0.5 + confidence / 2, n - 1) * error
    return float(np.mean(values) - half), float(np.mean(values) + half)
    ### END SOLUTION


# %% tags=["check:t_interval"]
check("verdicts.t_interval", t_interval)

# %% [markdown]
# ### 2. A verdict
#
# A claim says that a mean lies **above** a threshold, which is written down before the run. It
# holds when the whole interval lies above, and is contradicted when the whole interval lies below.
# Everything else is undecided, an end at the threshold, too.


# %% tags=["exercise:verdict"]
def verdict(low: float, high: float, above: float, n: int) -> str:
    """Return "holds", "contradicted" or "undecided" for the claim that a mean exceeds `above`.

    low and high are the ends of its interval from n replicates. With fewer than 5 replicates
    everything is "undecided". (0.2, 1.4) from 12 replicates holds above 0, not above 1.
    """
    ### BEGIN SOLUTION
    if n >= 5 and low > above:
        return "holds"
    if n >= 5 and high < above:
        return "contradicted"
    return "undecided"
    ### END SOLUTION


# %% tags=["check:verdict"]
check("verdicts.verdict", verdict)

# %% [markdown]
# ### 3. Pairs
#
# A replicate's data set may be easy or hard. Two networks that share it share that luck, and their
# difference is free of that part of the luck; the rest stays. So compare within a replicate first.
# How much that helps, we measure.


# %% tags=["exercise:paired"]
def paired(a: dict[int, float], b: dict[int, float]) -> list[float]:
    """Return a minus b for each replicate that both have, in ascending order of replicates.

    a and b are {replicate: accuracy}. For {2: 60, 1: 50} and {1: 49, 3: 7}: [1].
    """
    ### BEGIN SOLUTION
    return [a[replicate] - b[replicate] for replicate in sorted(a) if replicate in b]
    ### END SOLUTION


# %% tags=["check:paired"]
check("verdicts.paired", paired)

# %% [markdown]
# ### 4. The best evaluation
#
# While a network trains it is evaluated E times on test signals and on validation signals, which
# were held out of the training set. Two ways to pick an evaluation: the best on test, which peeks
# at the test labels; or the one where validation was best, whose test value is then read.


# %% tags=["exercise:best_minus_last"]
def best_minus_last(test: np.ndarray, val: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what two choices gain over the last evaluation on test, for each of M networks.

    test and val (M, E) are accuracies in percent, the columns in order of training. The first
    result (M,) is of the best on test; the second (M,) is the test value at the evaluation where
    val is largest (the first of equal ones). Both minus the last test value. For test
    [[60, 63, 61]] and val [[50, 51, 52]]: [2] and [0].
    """
    ### BEGIN SOLUTION
    last = test[:, -1]
    chosen = test[np.arange(len(test)), val.argmax(axis=1)]
    return test.max(axis=1) - last, chosen - last
    ### END SOLUTION


# %% tags=["check:best_minus_last"]
check("verdicts.best_minus_last", best_minus_last)

# %% [markdown]
# ### 5. Power
#
# Before an experiment: how often would n replicates find an effect that is really there? Play it
# many times with numbers from a normal law, and count.


# %% tags=["exercise:power"]
def power(
    effect: float,
    sd: float,
    n: int,
    confidence: float,
    rng: np.random.Generator,
    trials: int = 2000,
) -> float:
    """Return the share of experiments whose t interval lies wholly above zero.

    Each of the trials draws n values of mean `effect` and standard deviation `sd` from rng. With
    effect 1, sd 1, n = 6 and confidence 0.95 about 0.51 of them.
    """
    ### BEGIN SOLUTION
    values = rng.normal(effect, sd, size=(trials, n))
    error = values.std(axis=1, ddof=1) / np.sqrt(n)
    low = values.mean(axis=1) - stats.t.ppf(0.5 + confidence / 2, n - 1) * error
    return float((low > 0).mean())
    ### END SOLUTION


# %% tags=["check:power"]
check("verdicts.power", power)

# %% [markdown]
# ## Run
#
# Twelve replicates, yours and the eleven after it, of three MLPs each: `plain`; `slower`, with a
# smaller learning rate (0.003, not 0.01); and `twin`, which is plain with other first weights.
# Between plain and twin there is no difference but luck. All 36 train side by side. The first line
# below compares twin - plain in pairs with what it would be if the pairs were broken: what did
# pairing buy?
#
# The two claims, written down before the run: slower reads more than plain, and twin reads more
# than plain. Their threshold is 0.

# %% tags=["run"]
require_seal("verdicts")
REPLICATES = range(REPLICATE, REPLICATE + 12)
runs = curves(REPLICATES, steps("mlp"), evaluations=20)
last = {
    arm: dict(zip(REPLICATES, run.test[:, -1].tolist(), strict=True)) for arm, run in runs.items()
}
differences = {
    "slower - plain": paired(last["slower"], last["plain"]),
    "twin - plain": paired(last["twin"], last["plain"]),
}
plain, twin = (np.std(list(last[arm].values()), ddof=1) for arm in ("plain", "twin"))
spread = float(np.std(differences["twin - plain"], ddof=1))
unpaired = float(np.hypot(plain, twin))
print(f"twin - plain: standard deviation {spread:.2f} in pairs, {unpaired:.2f} if broken")
best, chosen = best_minus_last(runs["plain"].test, runs["plain"].val)
for name, values in differences.items():
    low, high = t_interval(values)
    print(f"{name}: {np.mean(values):.2f} [{low:.2f}, {high:.2f}], {verdict(low, high, 0, 12)}")

# %% [markdown]
# ## Look
#
# Look for two things: how the intervals shrink, and at which n somebody in a hurry would have
# stopped to report *slower*. Ten looks: does each still err only 1 time in 20?


# %% tags=["look"]
def judged(values: list[float]) -> tuple[float, tuple[float, float], str]:
    """Mean, interval and verdict of some replicates, above 0."""
    ends = t_interval(values)
    return float(np.mean(values)), ends, verdict(*ends, 0, len(values))


show(
    pictures.growing(
        {
            name: {n: judged(values[:n]) for n in range(3, 13)}
            for name, values in differences.items()
        }
    ),
    "mean, 95 % interval and verdict from 3 to 12 replicates",
    "growing",
)

# %% [markdown]
# If one claim in 20 may be wrong, a paper with 29 claims and nothing behind them is wrong somewhere
# most of the time. To be wrong in one *paper* in 20 each claim must be judged more strictly, with
# 0.05 / 29 in place of 0.05. Look for a verdict that changes: the same numbers, in other company.
# Mind the third row: "best on test - last" is at least zero by construction, and the t interval
# does not know it.

# %% tags=["look"]
judgements = differences | {"best on test - last": best.tolist()}
show(
    pictures.families(
        {
            name: (float(np.mean(values)), t_interval(values), t_interval(values, 1 - 0.05 / 29))
            for name, values in judgements.items()
        }
    ),
    "each difference judged alone, and as one of 29 claims",
    "families",
)

# %% [markdown]
# Each faint dot is a replicate (equal gains stand above each other), the large one their mean with
# its 95 % interval; the dashed line is 1 point. Look at the first row: no dot can lie left of zero,
# whatever the networks do. The published code reports such numbers. The second row has the same
# networks, chosen without the test signals.

# %% tags=["look"]
show(
    pictures.gains({"best on test": best.tolist(), "chosen on validation": chosen.tolist()}, 1.0),
    "what is gained over the last evaluation, twelve replicates",
    "gains",
)

# %% [markdown]
# How many replicates would find an effect of 1 point, at the spread of your own twins? Look for
# the first n that finds it in four of five experiments, alone and among 29.

# %% tags=["look"]
for n in (6, 12, 24, 48, 96, 192):
    rng = np.random.default_rng(n)
    single, among = (power(1.0, spread, n, c, rng) for c in (0.95, 1 - 0.05 / 29))
    print(f"n = {n}: alone {single:.2f}, among 29 claims {among:.2f}")

# %% [markdown]
# Your own replicate goes to the class, and your predictions meet what turned out.

# %%
contribute(
    "verdicts",
    best_minus_last=best[0],
    chosen_minus_last=chosen[0],
    slower_minus_plain=differences["slower - plain"][0],
    twin_minus_plain=differences["twin - plain"][0],
)
reveal("verdicts")

# %% [markdown]
# ## Explain
#
# ### Explain: undecided
#
# What does "undecided" say of the twin? Three to six sentences: your interval and its n, which
# effects it leaves possible, and how many replicates would decide about 1 point. Then of `slower`:
# what would you have reported had you stopped earlier?
#
# <!-- BEGIN SOLUTION -->
# The twin's interval from 12 replicates holds zero, so the data do not say whether other first
# weights read more or less. That is no proof of equality: the interval also holds differences of
# 1 point in both directions. Only the design says that there is nothing to find. 48 replicates
# would find 1 point in four of five experiments, 192 if it was one of 29 claims: 96 just miss it.
# Slower excluded zero at n = 5, where I would have reported 2.2 points fewer in place of 3.0. Each
# look is another chance to be wrong: the number of replicates must be fixed before the run.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Vary
#
# Change one thing, and predict first: the confidence, the number of replicates, or the steps. Does
# a verdict change, or only the width?

# %% tags=["vary"]
for confidence in (0.8, 0.95, 0.999):
    low, high = t_interval(differences["slower - plain"], confidence)
    print(f"{confidence}: [{low:.2f}, {high:.2f}], {verdict(low, high, 0, 12)}")
