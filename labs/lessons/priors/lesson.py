# %% [markdown]
# # Which priors does a model need?
#
# A signal of MNIST-1D is a row of 40 numbers: the outline of a digit, stretched, shifted and
# covered with noise. You read it by its shape, because you see which positions are neighbours. A
# model need not know that. What it takes for granted before it has seen any data is its *prior*.
#
# Three models, from few assumptions to many:
#
# * **logistic regression** adds up the 40 numbers, with other weights for each digit;
# * an **MLP** has two layers of 100 units, and each unit reads everything below it;
# * a **CNN** has three layers of short windows that slide along the signal. It takes for granted
#   that neighbours belong together, and that what matters in one place matters in every other.
#
# The experiment takes the neighbourhood away, and nothing else: it shuffles the 40 positions, all
# signals in the same way. Whoever knows the order could undo it, so no information is lost.

# %% tags=["setup"]
REPLICATE = 0

from labs.course import check, contribute, data, require_seal, reveal, seal, show, start, steps

start("priors", replicate=REPLICATE, steps={"train": 1000})

# %% [markdown]
# ## Predict
# Accuracy is the percentage of test signals that are read correctly; a difference of accuracies is
# counted in points. All models train on the same 4000 signals; where signals are shuffled, those
# that train and those that test are shuffled alike.
#
# 1. `gain`: By how many points does the CNN beat the MLP on signals in order?
# 2. `cost_cnn`: How many points does shuffling cost the CNN?
# 3. `cost_mlp`: How many points does it cost the MLP?
# 4. `best_shuffled`: Which of the three is best on shuffled signals?
#
# To the first three give an interval that you believe to hold the truth with a chance of 80 %: you
# would bet 4 to 1 on it. To the last give a name, or a probability for each. You are judged by the
# reference: 12 data sets, and six times as many steps as yours. Replace the answers below by your
# own; once sealed they count.

# %% tags=["predict"]
seal(
    "priors",
    {
        "gain": (5, 20),
        "cost_cnn": (0, 20),
        "cost_mlp": (0, 10),
        "best_shuffled": {"logistic": 0.1, "MLP": 0.4, "CNN": 0.5},
    },
)

# %% [markdown]
# ## Build
# ### 1. Shuffle the positions
# One order for all signals: were each signal shuffled in its own way, information would be lost,
# and not only neighbourhood. The seed alone decides the order, so that training and test signals,
# shuffled by two calls, match. `np.random.default_rng(seed)` is a source of random numbers.

# %% tags=["exercise:shuffle_positions"]
import numpy as np


def shuffle_positions(x: np.ndarray, seed: int) -> np.ndarray:
    """Reorder the positions of all signals x (N, L) by one random order that `seed` alone decides.

    Returns a new array (N, L). If a seed's order of three positions is (2, 0, 1), the signals
    [7, 8, 9] and [1, 2, 3] become [9, 7, 8] and [3, 1, 2].
    """
    ### BEGIN SOLUTION
    order = np.random.default_rng(seed).permutation(x.shape[1])
    return x[:, order]
    ### END SOLUTION


# %% tags=["check:shuffle_positions"]
check("priors.shuffle_positions", shuffle_positions)

# %% [markdown]
# Look for the same 40 heights twice, and for a shape only on the left.

# %% tags=["look"]
from matplotlib.figure import Figure

digits = data()
one = digits.x[:1]
drawn = Figure(figsize=(8, 2.6), layout="constrained")
for ax, signal, title in zip(
    drawn.subplots(1, 2, sharey=True),
    (one, shuffle_positions(one, REPLICATE)),
    ("in order", "shuffled"),
    strict=True,
):
    ax.plot(signal[0], "o-", markersize=4, linewidth=0.8)
    ax.set(title=f"A {digits.y[0]}, {title}", xlabel="Position", ylabel="Height")
show(drawn, "One signal before and after its positions were shuffled.", name="shuffled")

# %% [markdown]
# ### 2. A convolution by hand
# A *kernel* is a short row of weights. It is laid on a *window* of as many positions, each weight
# is multiplied by the number under it, the products are added up, and the kernel's *bias* is added.
# Then the window moves on by the *stride*. Several kernels give several answers to each window:
# the *channels*.


# %% tags=["exercise:conv1d"]
def conv1d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int) -> np.ndarray:
    """Slide C kernels w (C, k) with biases b (C,) over signals x (N, L); returns (N, P, C).

    Window p begins at position p * stride. Windows lie wholly in the signal, so there are
    P = (L - k) // stride + 1 of them.

    One signal [1, 2, 4, 8], one kernel [1, 10], its bias 0.5 and stride 2 give 21.5 (which is
    1 * 1 + 2 * 10 + 0.5) and 84.5: the array [[[21.5], [84.5]]].
    """
    ### BEGIN SOLUTION
    k = w.shape[1]
    starts = range(0, x.shape[1] - k + 1, stride)
    return np.stack([x[:, s : s + k] @ w.T + b for s in starts], axis=1)
    ### END SOLUTION


# %% tags=["check:conv1d"]
check("priors.conv1d", conv1d)

# %% [markdown]
# ### 3. Count what must be learned
# Later layers read several channels: there each output channel has one kernel for every input
# channel, and one bias in all. Below the check your function counts the CNN: which has more numbers
# to learn, CNN or MLP? (The CNN also puts a zero at both ends of what each layer reads, so its last
# layer has 5 places, not 3.)


# %% tags=["exercise:conv_parameters"]
def conv_parameters(kernel: int, inputs: int, outputs: int) -> int:
    """Count weights and biases of a convolution from `inputs` channels to `outputs` channels.

    `kernel` is the number of positions in a window. Kernels of 5 positions from 2 channels to 3
    have 33 numbers.
    """
    ### BEGIN SOLUTION
    return (kernel * inputs + 1) * outputs
    ### END SOLUTION


# %% tags=["check:conv_parameters"]
check("priors.conv_parameters", conv_parameters)

layers = [(5, 1, 25), (3, 25, 25), (3, 25, 25)]  # kernel, channels in, channels out
convolutions = sum(conv_parameters(*layer) for layer in layers)
print("CNN:", convolutions + (25 * 5 + 1) * 10)  # 25 channels at 5 places, ten digits
print("MLP:", (40 + 1) * 100 + (100 + 1) * 100 + (100 + 1) * 10)

# %% [markdown]
# ### 4. How far does a unit see?
# A unit of the second layer reads a window of the first layer, whose units read windows of the
# signal. The stretch of signal that can change a unit's answer, from its first position to its
# last, is the unit's *receptive field*.


# %% tags=["exercise:receptive_field"]
def receptive_field(kernels: list[int], strides: list[int]) -> int:
    """Count the positions from the first to the last that one unit of the last layer sees.

    `kernels` and `strides` go from the first layer to the last. With kernels [3, 3] and strides
    [2, 1] a unit sees three first-layer windows, beginning at positions 0, 2 and 4: 7 positions.
    """
    ### BEGIN SOLUTION
    seen = 1
    for kernel, stride in zip(reversed(kernels), reversed(strides), strict=True):
        seen = (seen - 1) * stride + kernel
    return seen
    ### END SOLUTION


# %% tags=["check:receptive_field"]
check("priors.receptive_field", receptive_field)

print(
    "a unit of our CNN's last layer sees", receptive_field([5, 3, 3], [2, 2, 2]), "of 40 positions"
)

# %% [markdown]
# ## Run
# Of each model two copies train side by side from the same start: one reads signals in order, one
# reads them shuffled by your function. The first lines print what was published.

# %% tags=["run"]
require_seal("priors")

import torch

from labs.lessons.priors.published import published
from labs.nn import nets
from labs.nn.optimizer import Optimizer
from labs.nn.training import evaluate, fit, stacked

print("published (Greydanus and Kobak 2024, Table 1):")
for name, (before, after) in published().items():
    print(f"{name:9} in order {before} %, shuffled {after} %")


def train(kind: type[nets.Net], x: torch.Tensor, y: torch.Tensor) -> nets.Net:
    """Train one network for each copy of the signals that x and y hold."""
    net, total = kind(len(x)).reset([REPLICATE] * len(x)), steps("train")
    optimizer = Optimizer(net, torch.optim.Adam, lr=0.01)
    for done in fit(net, x, y, optimizer=optimizer, steps=total, every=50):
        optimizer.scale_rate(1 - done / total)  # falls to zero: the end is less of a chance
    print(f"{kind.__name__}: {total} steps")
    return net


def shuffled(x: np.ndarray) -> np.ndarray:
    return np.asarray(shuffle_positions(x, REPLICATE), dtype=np.float32)


in_order = (digits.x, digits.y, digits.x_test, digits.y_test)
mixed = (shuffled(digits.x), digits.y, shuffled(digits.x_test), digits.y_test)
x, y, x_test, y_test = stacked([in_order, mixed])

nets_of = {"logistic": nets.Logistic, "MLP": nets.MLP, "CNN": nets.CNN}
trained = {name: train(kind, x, y) for name, kind in nets_of.items()}
accuracy = {name: evaluate(net, x_test, y_test).accuracy.numpy() for name, net in trained.items()}
print("yours:")
for name, (before, after) in accuracy.items():
    print(f"{name:9} in order {before:.1f} %, shuffled {after:.1f} %")

contribute(
    "priors",
    cnn_minus_mlp=float(accuracy["CNN"][0] - accuracy["MLP"][0]),
    shuffling_costs_cnn=float(accuracy["CNN"][0] - accuracy["CNN"][1]),
    shuffling_costs_mlp=float(accuracy["MLP"][0] - accuracy["MLP"][1]),
    mlp_minus_cnn_shuffled=float(accuracy["MLP"][1] - accuracy["CNN"][1]),
)

# %% [markdown]
# ## Look
# Look at the lines: which stay level, and do any cross?

# %% tags=["look"]
drawn = Figure(figsize=(5.5, 4), layout="constrained")
ax = drawn.subplots()
for (name, pair), marker in zip(accuracy.items(), "sD^", strict=True):
    ax.plot(["in order", "shuffled"], pair, marker=marker, label=name)
ax.axhline(10, color="grey", linestyle=":", label="chance")
ax.set(ylabel="Test accuracy (%)", ylim=(0, 100), xlim=(-0.3, 1.3))
ax.legend(loc="lower center", ncols=4)
show(drawn, f"What shuffling costs; data set {REPLICATE}, {steps('train')} steps.")

# %% [markdown]
# Why does a CNN gain so much from neighbourhood? Take one of the kernels that yours has learned,
# and your `conv1d`. Look at the lower panel: when the signal moves by four positions, the answers
# move by two and keep their shape (the stride is 2). A kernel that finds an edge here finds it
# there; each unit of an MLP would have to learn that anew.

# %% tags=["look"]
learned = {name: value.detach().numpy() for name, value in trained["CNN"].named_parameters()}
kernels, biases = learned["first.weight"][0].T, learned["first.bias"][0, 0]
strongest = np.abs(kernels).sum(axis=1).argmax()
drawn = Figure(figsize=(7, 4.4), layout="constrained")
above, below = drawn.subplots(2, 1)
for signal, label in ((one, "signal"), (np.roll(one, 4, axis=1), "moved by four positions")):
    answers = np.asarray(conv1d(signal, kernels, biases, 2))[0, :, strongest]
    above.plot(signal[0], label=label)
    below.plot(answers, marker="o", markersize=4)
above.set(xlabel="Position", ylabel="Height")
above.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
below.set(xlabel="Window", ylabel="Kernel's answer", xticks=range(0, 18, 2))
show(drawn, "One learned kernel reads a signal, and the same signal moved.", name="kernel")

# %% [markdown]
# Now the class's results, then the reference: 12 data sets, six times as many steps: your CNN is
# not finished, so expect smaller gaps here.

# %% tags=["look"]
reveal("priors")

# %% [markdown]
# The reference figure has models that you did not train. One of them, *locally connected*, has a
# CNN's windows, but other kernels in every place. In order it comes close to the CNN; shuffled it
# is ahead of the MLP. "After shuffling the MLP is best" holds among the models compared there, and
# no further.

# %% [markdown]
# ## Explain
# ### Explain: why
# In 3 to 6 sentences: What did you and the class find, in points, and how sure is that? Why does
# shuffling cost the CNN so much and the MLP nothing? What result would change your mind? What can
# your own run not tell?

# %% [markdown] tags=["explain:why"]
# <!-- BEGIN SOLUTION -->
# In order my CNN was 23 points ahead of my MLP; shuffling cost it 30 points, the MLP two, and the
# class's intervals say 20 and more, and none. An MLP has one weight per position and unit, so an
# order is only another naming of its inputs: a start with permuted weights would train alike. A
# CNN's first kernels read neighbours; shuffled, what lies in a window has nothing to do with each
# other, and sharing a kernel over all windows then forces unlike places to be read alike. I would
# change my mind if a CNN with windows of all 40 positions lost as much. My run has one data set,
# one order and 1000 test signals, whose chance error alone is about 1.5 points.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Vary
# Turn one knob and predict first: keep blocks of positions together and shuffle the blocks. With
# blocks of 1 that is the experiment above, with one block of 40 nothing moves. What does the CNN
# read with blocks of 5, in percent? Write your guess down and run. Choose 1, 2, 4, 8 or 10 next
# (training again alone moves it by about a point). From which block length on is shuffling nearly
# free, and how does that compare with 17?

# %% tags=["vary"]
BLOCK = 5

blocks = np.arange(40).reshape(-1, BLOCK).T  # one column for each block
order = np.asarray(shuffle_positions(blocks, REPLICATE)).astype(int).T.ravel()
net = train(nets.CNN, x[:1, :, order], y[:1])
result = evaluate(net, x_test[:1, :, order], y_test[:1]).accuracy.item()
print(f"CNN, blocks of {BLOCK} shuffled: {result:.1f} %")

# %% [markdown] tags=["instructor"]
# What to expect of data sets 0 to 2: blocks of 2 give 60 to 63 %, of 4 67 to 76, of 5 67 to
# 78, of 8 77 to 88, of 10 80 to 88. Of 20 there are two blocks, which may stay where they are, as
# in data set 0. Order within a block is what counts: a learned kernel sees 5 positions, a unit of
# the last layer 17.
