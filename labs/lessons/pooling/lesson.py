# %% [markdown]
# # When does pooling help?
#
# A convolution slides a small window along a signal and writes several numbers, its *channels*, at
# every position. *Pooling* then joins neighbouring positions: of every two, *max pooling* keeps the
# larger number, channel by channel. Half of the positions are gone, and with them the exact place
# of what was found.
#
# Greydanus and Kobak (2024, Figure 9) trained such nets on signals of 40 positions, each a digit
# that was shifted, bent and covered with noise. They write that pooling is very effective when
# examples are few, and that it hinders when they are many. Today you test both halves.

# %% tags=["setup"]
from collections.abc import Callable

import numpy as np
import torch

from labs.course import check, data, require_seal, seal, start, steps

REPLICATE = 0
start("pooling", replicate=REPLICATE, steps={"training": 600})

# %% [markdown]
# ## Predict
#
# Two nets differ in pooling alone. Their *gain* is the test accuracy with max pooling minus the
# accuracy without it, in points. Write what you believe before anything runs. An interval is one
# that you would bet on 4 to 1.
#
# * `gain_250`, `gain_1000`, `gain_50000`: the gain with that many training examples. The first is
#   judged by your class, trained as you will; the others by the full lab, trained ten times longer.
# * `hinders`: the number of examples from which pooling hinders: "5,000", "50,000", or "at no size
#   measured". The full lab's sizes go from 1,000 to 50,000.
# * `order`: the nets by accuracy with 1,000 examples, the best first. "no pooling (8 channels)" has
#   8 channels in place of 20, and so about as many trainable numbers as the pooled net.
#
# Replace all five answers by your own.

# %% tags=["predict"]
seal(
    "pooling",
    {
        "gain_250": (5, 30),
        "gain_1000": (0, 20),
        "gain_50000": (-5, 5),
        "hinders": "50,000",
        "order": ("max pooling", "no pooling (8 channels)", "no pooling"),
    },
)

# %% [markdown]
# ## Build
#
# ### 1. Max pooling
#
# The net is trained through your function, so use torch from the first line to the last. A tensor's
# `unflatten` splits one axis into two. Mind positions left over at the end, and negative numbers.


# %% tags=["exercise:max_pool"]
def max_pool(h: torch.Tensor, k: int) -> torch.Tensor:
    """Keep the largest of every k neighbouring positions, in each example and channel.

    h (N, P, C): N examples, P positions, C channels. Returns (N, P // k, C); the windows do not
    overlap, and positions left over at the end are dropped. h stays as it is.

    One channel with the numbers [1, 5, -2, -3, 4] and k = 2 gives [5, -2].
    """
    ### BEGIN SOLUTION
    windows = h.shape[1] // k
    return h[:, : windows * k].unflatten(1, (windows, k)).amax(dim=2)
    ### END SOLUTION


# %% tags=["check:max_pool"]
check("pooling.max_pool", max_pool)

# %% [markdown]
# ### 2. How many numbers does a net have?
#
# Pooling changes more than it seems. The last layer, the *readout*, reads all positions that are
# left: 40 without pooling, 10 after two poolings by two. So a net with pooling also has fewer
# trainable numbers. Count them.


# %% tags=["exercise:parameters"]
def parameters(channels: int, positions: int) -> int:
    """Count the trainable numbers, weights and biases, of our net.

    1. A convolution of width 3 from 1 channel to `channels`, with one bias for each of these.
    2. A convolution of width 3 from `channels` to `channels`, with one bias for each.
    3. A readout from all channels at all `positions` to 10 classes, with one bias for each class.

    2 channels and 5 positions: (3 * 2 + 2) + (3 * 2 * 2 + 2) + (2 * 5 * 10 + 10) = 132.
    """
    ### BEGIN SOLUTION
    first = 3 * channels + channels
    second = 3 * channels * channels + channels
    return first + second + channels * positions * 10 + 10
    ### END SOLUTION


# %% tags=["check:parameters"]
check("pooling.parameters", parameters)

# %% [markdown]
# ### 3. A fair opponent
#
# If the pooled net wins, is it for pooling or for its fewer numbers? We need a net without pooling
# that is as small: fewer channels will do. You were told 8 of them; find out whether that is right.


# %% tags=["exercise:matched_channels"]
def matched_channels(target: int, count: Callable[[int], int]) -> int:
    """Return the number of channels, from 1 to 64, whose count is nearest to `target`.

    count(channels) is the number of trainable numbers of a net with that many channels.

    With target = 100 and count = lambda c: 30 * c the answer is 3: 90 is nearer than 120.
    """
    ### BEGIN SOLUTION
    return min(range(1, 65), key=lambda channels: abs(count(channels) - target))
    ### END SOLUTION


# %% tags=["check:matched_channels"]
check("pooling.matched_channels", matched_channels)

# %% [markdown]
# ### 4. How fast does the gain fall?
#
# Sizes like 1,000, 4,000 and 16,000 are equal steps on a logarithmic axis. So draw a straight line
# there (`np.polyfit` does it), and say how many points it changes by for each *factor of ten*.
# Ours starts at 1,000 examples; the 250 point is left out: there both nets are poor.


# %% tags=["exercise:log_slope"]
def log_slope(n: np.ndarray, gain: np.ndarray) -> float:
    """Return the slope of the line of least squares through gain by log10(n).

    n (S,): numbers of examples, above 0, in any order. gain (S,): points. Both may be lists.

    n = [100, 1000, 10000] and gain = [9, 6, 3] give -3: three points less per factor of ten.
    """
    ### BEGIN SOLUTION
    return float(np.polyfit(np.log10(n), gain, 1)[0])
    ### END SOLUTION


# %% tags=["check:log_slope"]
check("pooling.log_slope", log_slope)

# %% [markdown]
# ## Run
#
# Your data: 16,000 training examples, of which the nets see the first 250, 1,000, 4,000 or all, and
# 4,000 others to test. The four sizes train side by side, as four members of one stack: one tensor
# computation for four nets. A stack needs sets of equal length, so the small ones are repeated: the
# net for 250 examples meets these 250 again and again, and no others.

# %% tags=["run"]
require_seal("pooling")
SIZES = (250, 1000, 4000, 16000)
own = data(n_train=SIZES[-1], n_test=4000)


def repeated(examples: np.ndarray) -> torch.Tensor:
    """Lay the first n of (N, ...) end to end, for every size n: (sizes, N, ...)."""
    parts = [np.resize(examples[:n], examples.shape) for n in SIZES]
    return torch.from_numpy(np.stack(parts))


x, y = repeated(own.x), repeated(own.y)
x_test, y_test = torch.from_numpy(own.x_test[None]), torch.from_numpy(own.y_test[None])

# %% [markdown]
# The net uses your `max_pool` after each convolution. With k = 1 it does nothing: that is the net
# without pooling.

# %% tags=["run"]
from labs.nn.layers import Conv1d, Linear
from labs.nn.nets import Net


class PoolNet(Net):
    """Two convolutions, each rectified and pooled, and a readout; one net for each size."""

    def __init__(self, channels: int, k: int, pool: Callable = max_pool) -> None:
        super().__init__(len(SIZES), channels=channels)
        self.k, self.pool = k, pool
        self.first = Conv1d(len(SIZES), 1, channels, 3, padding=1)
        self.second = Conv1d(len(SIZES), channels, channels, 3, padding=1)
        self.readout = Linear(len(SIZES), 40 // k // k * channels, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.halved(self.first(x.unsqueeze(-1)))
        return self.readout(self.halved(self.second(h)).flatten(2))

    def halved(self, h: torch.Tensor) -> torch.Tensor:
        members_and_examples = h.shape[:2]
        pooled = self.pool(h.relu().flatten(0, 1), self.k)
        return pooled.unflatten(0, members_and_examples)


# %% [markdown]
# Now train all three: 600 steps of 100 examples, the same ones in the same order. This takes about
# 20 seconds.

# %% tags=["run"]
from labs.nn.optimizer import Optimizer
from labs.nn.training import evaluate, fit


def trained(net: PoolNet) -> np.ndarray:
    """Train a stack and return its test accuracy in percent at every size, (sizes,)."""
    net.reset([REPLICATE] * len(SIZES))
    optimizer = Optimizer(net, torch.optim.Adam, lr=0.01)
    count = steps("training")
    for _ in fit(net, x, y, optimizer=optimizer, steps=count, every=count):
        pass
    return evaluate(net, x_test, y_test, chunk=200).accuracy.numpy()


small = matched_channels(parameters(20, 10), lambda channels: parameters(channels, 40))
accuracy = {
    "max pooling": trained(PoolNet(20, k=2)),
    "no pooling": trained(PoolNet(20, k=1)),
    f"no pooling ({small} channels)": trained(PoolNet(small, k=1)),
}
print("accuracy in percent with", *(f"{size:,}" for size in SIZES), "examples")
for name, found in accuracy.items():
    print(f"{name:24}", *(f"{own:6.1f}" for own in found))

# %% [markdown]
# ## Look
#
# Left: how do the three curves lie, and do they come together? Right: by how much is max pooling
# ahead of each net without it? At which size is that gain largest, and is it anywhere below zero?
# 16,000 is one size after 600 steps; the judge, the full lab, trains ten times longer.

# %% tags=["look"]
from labs.course import contribute, figure, reveal, show

pooled, bare, fewer = accuracy.values()
gain, matched = pooled - bare, pooled - fewer
slope = log_slope(np.array(SIZES[1:]), gain[1:])

drawn, (left, right) = figure(2, width=4.6, height=3.6)
for (name, found), mark in zip(accuracy.items(), "osv", strict=True):
    left.plot(SIZES, found, marker=mark, label=name)
right.axhline(0, color="grey")
right.plot(SIZES, gain, "s-", color="C1", label="over no pooling")
right.plot(SIZES, matched, "v-", color="C2", label=f"over {small} channels")
left.set_ylabel("test accuracy (%)")
right.set_ylabel("gain of max pooling (points)")
left.legend()
right.legend(loc="upper right")
for axes in (left, right):
    axes.set_xscale("log")
    axes.set_xticks(SIZES, [f"{size:,}" for size in SIZES])
    axes.minorticks_off()
    axes.set_xlabel("training examples")
show(
    drawn,
    f"One run. Max pooling gains {gain[1]:.1f} points with 1,000 examples and {gain[3]:.1f} with "
    f"16,000; from 1,000 on the gain changes by {slope:.1f} points per factor of ten.",
    name="own",
)

# %% [markdown]
# Two nets of 20 channels differ by a point or two by chance alone, so a gain near zero in one run
# says little. The net of 8 channels depends on its start by ten points and more, even with 16,000
# examples: argue with the class. It has many runs: hand in yours, then see how you predicted.

# %% tags=["look"]
contribute(
    "pooling",
    gain_250=gain[0],
    gain_1000=gain[1],
    gain_16000=gain[3],
    matched_1000=matched[1],
    slope=slope,
)
reveal("pooling")

# %% [markdown] tags=["explain:gain"]
# ## Explain
#
# ### Explain: gain
#
# Where did pooling help in your run and in the class's, by how much, and how sure are you? (2 or 3
# sentences)
#
# <!-- BEGIN SOLUTION -->
# Over twelve runs it helped by about 10 points with 250 examples and 16 with 1,000; one run is off
# by 3 or 4. With 16,000 it is 1 point, and two of the runs lie below zero: the class is needed.
# <!-- END SOLUTION -->

# %% [markdown] tags=["explain:cause"]
# ### Explain: cause
#
# Is it having fewer numbers, or something else? Argue with the net of 8 channels and 1,000
# examples, in the class. (2 sentences)
#
# <!-- BEGIN SOLUTION -->
# The net of 8 channels has about as few numbers and is about 21 points behind, no better than the
# large one, so being small does not help. A likely cause is that our digits are shifted: pooling
# forgets the exact place, and without it every place must be learned.
# <!-- END SOLUTION -->

# %% [markdown] tags=["explain:doubt"]
# ### Explain: doubt
#
# What would you have to see to believe that pooling hinders? (1 sentence)
#
# <!-- BEGIN SOLUTION -->
# An interval over many data sets that lies below zero, at full training, not one run.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Vary
#
# Turn one knob: here the mean of every k positions takes the place of the largest. Write first by
# how many points you expect it to be ahead of max pooling, or behind, at 250 and at 16,000
# examples, then run. Other knobs: keep the first of every two
# positions (a *stride*), or pool over four positions at once.

# %% tags=["vary"]
EXPECTED = "the mean is as good as the maximum, 0 points ahead, at every size"


def mean_pool(h: torch.Tensor, k: int) -> torch.Tensor:
    """As `max_pool`, but with the mean of every k positions."""
    windows = h.shape[1] // k
    return h[:, : windows * k].unflatten(1, (windows, k)).mean(dim=2)


lead_of_mean = trained(PoolNet(20, k=2, pool=mean_pool)) - pooled
print("expected:", EXPECTED)
print("points ahead of max pooling:", *(f"{own:+.1f}" for own in lead_of_mean))
