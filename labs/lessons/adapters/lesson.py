# %% [markdown]
# # What may a small module change?
#
# A network was trained once, at some cost: the *base*. Now the signals come in another way, say
# from the other end. You could train all of its numbers again, and keep a whole network for each
# such *domain*. Or you keep the base as it is, *frozen*, and train a small *module* beside it. Many
# ways are known. Four questions tell them apart:
#
# 1. **What is composed?** *Parameters*: something is added to weights, as in LoRA. *Inputs*:
#    something is added to what the network reads, a prompt. *Functions*: a layer is put in between.
# 2. **Who chooses the module?** Nobody, it is *fixed*; or a router takes one (*hard*) or mixes all
#    (*soft*).
# 3. **How are several joined?** Their *weights* are added, or what they compute.
# 4. **When are they trained?** *Together*, *one after another*, or joined *afterwards*.
#
# Today: parameters; first fixed, then chosen hard; weights added, afterwards.

# %% tags=["setup"]
REPLICATE = 0

import numpy as np
import torch

from labs.course import check, contribute, data, require_seal, reveal, seal, show, start, steps
from labs.lessons.adapters import pictures

start("adapters", replicate=REPLICATE, steps={"base": 800, "module": 300, "router": 200})

# %% [markdown]
# ## Predict
#
# The base is a CNN of 5,210 numbers. It learns clean signals, then it meets them *reversed*, last
# sample first, and on a *ramp*, with a line added that rises from -2 to 2. A module that closes the
# *gap* is as good there as training all numbers.
#
# * `closes`: on reversed signals, which closes most: "biases" (85 numbers), "LoRA rank 1" (365),
#   "readout" (1,260) or "all" (5,210)? Order them, the largest first.
# * `keeps`: with its module in place for reversed signals, which reads clean signals best: one of
#   the four?
# * `larger`: in a network of 66,346 numbers LoRA trains 2,016 of them. Which share of the gap does
#   it close, or more, in three of four domains? An interval that holds the truth with a chance of
#   80 %.
# * `router`: a router takes the one module with the largest logit, and then computes a softmax over
#   what it took, that one logit. Its gradient: "as large as before", "smaller" or "none at all"?
#
# Replace all four by your own.

# %% tags=["predict"]
seal(
    "adapters",
    {
        "closes": ("all", "readout", "biases", "LoRA rank 1"),
        "keeps": {"biases": 0.4, "LoRA rank 1": 0.3, "readout": 0.3},
        "larger": (0.3, 0.8),
        "router": "smaller",
    },
)

# %% [markdown]
# ## Build
#
# ### 1. LoRA
#
# A weight matrix W maps i numbers to o. **LoRA** (low-rank adaptation) leaves W frozen and adds the
# product of two thin matrices: A reads i numbers and keeps r, B makes o of these. With r = 1 that
# is i + o numbers in place of i times o. B begins at zero, so at first nothing changes. The product
# is multiplied by alpha / r.


# %% tags=["exercise:lora_merge"]
def lora_merge(W: torch.Tensor, A: torch.Tensor, B: torch.Tensor, alpha: float) -> torch.Tensor:
    """Return W (o, i) plus alpha / r times the product of B (o, r) and A (r, i), in torch.

    W = [[1, 2]], A = [[1, 0], [0, 1]], B = [[3, 5]] and alpha = 4, so r = 2, give [[7, 12]].
    """
    ### BEGIN SOLUTION
    return W + alpha / len(A) * B @ A
    ### END SOLUTION


# %% tags=["check:lora_merge"]
check("adapters.lora_merge", lora_merge)

# %% [markdown]
# ### 2. Two modules in one
#
# Can two LoRA modules become one that adds both changes at once? Adding the A's and the B's is not
# it: (B1 + B2)(A1 + A2) has products that nobody wanted. But rank may grow. (From here on alpha is
# r, so the factor is 1.)


# %% tags=["exercise:lora_sum"]
def lora_sum(
    A1: torch.Tensor, B1: torch.Tensor, A2: torch.Tensor, B2: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return A (r1 + r2, i) and B (o, r1 + r2) whose product B A is B1 A1 + B2 A2 exactly.

    A1 (r1, i), B1 (o, r1), A2 (r2, i), B2 (o, r2). A1 = [[1, 2]], B1 = [[3]], A2 = [[5, 7]] and
    B2 = [[1]] have products [[3, 6]] and [[5, 7]]; yours must have the product [[8, 13]].
    """
    ### BEGIN SOLUTION
    return torch.cat([A1, A2]), torch.cat([B1, B2], dim=1)
    ### END SOLUTION


# %% tags=["check:lora_sum"]
check("adapters.lora_sum", lora_sum)

# %% [markdown]
# ### 3. What trains?
#
# What must be stored for each domain is what was trained for it. Count.


# %% tags=["exercise:trainable"]
def trainable(shapes: dict[str, tuple[int, ...]], method: str) -> int:
    """Count the numbers that a method trains in a network with parameters of these shapes.

    Names end in ".weight", of shape (o, i), or ".bias", of shape (o,); those of the readout, the
    last layer, begin with "head.". Methods: "all"; "readout", which is weight and bias of the head;
    "biases"; "lora-R", which adds an A (R, i) and a B (o, R) to every weight, R a whole number.

    {"first.weight": (3, 2), "first.bias": (3,), "head.weight": (4, 3), "head.bias": (4,)}: all 25,
    readout 16, biases 7, lora-2 24.
    """
    ### BEGIN SOLUTION
    if method.startswith("lora-"):
        rank = int(method.removeprefix("lora-"))
        return sum(rank * sum(s) for name, s in shapes.items() if name.endswith(".weight"))
    kept = {"all": "", "readout": "head.", "biases": ".bias"}[method]
    return sum(int(np.prod(shape)) for name, shape in shapes.items() if kept in name)
    ### END SOLUTION


# %% tags=["check:trainable"]
check("adapters.trainable", trainable)

# %% [markdown]
# ### 4. How much of the gap?
#
# Domains differ in how far the frozen base falls, so compare shares of the fall, not accuracies.


# %% tags=["exercise:gap_closed"]
def gap_closed(acc: float, base: float, full: float) -> float | None:
    """Return the share of the gap from `base` to `full` that `acc` closes; all are accuracies in %.

    0 is as good as the frozen base, 1 as good as training all numbers; it may be below 0 or above
    1. None where base and full are equal: there is no gap. (65, 50, 80) gives 0.5.
    """
    ### BEGIN SOLUTION
    return None if full == base else (acc - base) / (full - base)
    ### END SOLUTION


# %% tags=["check:gap_closed"]
check("adapters.gap_closed", gap_closed)

# %% [markdown]
# ### 5. A router
#
# Several modules, and for each example a router's logits. Hard choice: take the module with the
# largest logit. Which one was taken has no gradient, so multiply what it computed by its
# probability, from the softmax over *all* logits. Through that number the router learns.


# %% tags=["exercise:top1_route"]
def top1_route(logits: torch.Tensor, H: torch.Tensor) -> torch.Tensor:
    """Return for each example the chosen module's output times its probability, (N, D), in torch.

    logits (N, R): of N examples for R modules. H (N, R, D): what each module computed. Logits
    [[0, log 3]] have probabilities [[1/4, 3/4]]; with H = [[[1, 2], [4, 8]]] they give [[3, 6]].
    """
    ### BEGIN SOLUTION
    best = logits.argmax(dim=1)
    rows = torch.arange(len(best))
    return logits.softmax(dim=1)[rows, best, None] * H[rows, best]
    ### END SOLUTION


# %% tags=["check:top1_route"]
check("adapters.top1_route", top1_route)

# %% [markdown]
# ## Run
#
# First the base, on clean signals; then five methods, each in both domains side by side. LoRA goes
# into all four layers through your `lora_merge`. About 20 seconds.

# %% tags=["run"]
require_seal("adapters")

from labs.lessons.adapters.training import Adapted, accuracy, outputs, train
from labs.nn import nets

DOMAINS = {
    "reversed": lambda x: x[:, ::-1].copy(),
    "ramp": lambda x: x + np.linspace(-2, 2, 40, dtype=np.float32),
}
METHODS = {  # name: (as `trainable` calls it, rank of LoRA, what trains of the base, rate)
    "biases": ("biases", 0, ".bias", 0.03),
    "LoRA rank 1": ("lora-1", 1, "nothing", 0.03),
    "readout": ("readout", 0, ".head.", 0.03),
    "LoRA rank 4": ("lora-4", 4, "nothing", 0.03),
    "all": ("all", 0, "", 0.01),
}


def in_domains(x: np.ndarray) -> torch.Tensor:
    """The same signals in each domain, (domains, N, 40)."""
    return torch.from_numpy(np.stack([change(x) for change in DOMAINS.values()]))


clean = data()
clean_test, y_test = torch.from_numpy(clean.x_test)[None], clean.y_test
base = nets.CNN(1).reset([REPLICATE])
train(base, torch.from_numpy(clean.x)[None], clean.y, steps("base"), rate=0.01)
x, x_test = in_domains(clean.x), in_domains(clean.x_test)
before = accuracy(base, clean_test, y_test)[0]
frozen = [accuracy(base, own[None], y_test)[0] for own in x_test]
print(f"base: clean {before:.1f} %, reversed {frozen[0]:.1f} %, ramp {frozen[1]:.1f} %")

# %% tags=["run"]
shapes = {  # (o, i) or (o,), as torch stores them
    name: tuple(p[0].T.shape) if "weight" in name else tuple(p.shape[2:])
    for name, p in base.named_parameters()
}
numbers, adapted, there, kept = {}, {}, {}, {}
for name, (method, rank, part, rate) in METHODS.items():
    numbers[name] = trainable(shapes, method)
    net = Adapted(base, 2, rank, lora_merge, REPLICATE).only(part)
    adapted[name] = train(net, x, clean.y, steps("module"), rate)
    there[name] = accuracy(net, x_test, y_test)
    kept[name] = accuracy(net, clean_test, y_test)[0]  # with reversed's module in place
    print(f"{name:12} {numbers[name]:5} numbers: {there[name][0]:.1f} %, {there[name][1]:.1f} %")

# %% [markdown]
# Now your `lora_sum`: one module of rank 8 from the two of rank 4, reversed's and ramp's, without
# any training. A third kind of test signal is both: reversed, then put on the ramp.

# %% tags=["run"]
pair, summed = adapted["LoRA rank 4"], Adapted(base, 1, 8, lora_merge)
with torch.no_grad():
    for key in pair.A:
        A, B = lora_sum(pair.A[key][0], pair.B[key][0], pair.A[key][1], pair.B[key][1])
        summed.A[key][0], summed.B[key][0] = torch.as_tensor(A), torch.as_tensor(B)
both = torch.from_numpy(DOMAINS["ramp"](x_test[0].numpy()))
tests = {"reversed": x_test[0], "ramp": x_test[1], "both": both}
results = {
    kind: np.concatenate([accuracy(net, own[None], y_test) for net in (base, pair, summed)])
    for kind, own in tests.items()
}

# %% [markdown]
# And your router: it sees a signal that is either reversed or on the ramp, and takes one of the two
# modules. Nobody tells it which is right; it learns from the digit alone.

# %% tags=["run"]
mixed, mixed_test = x[:, :1000].flatten(0, 1), x_test.flatten(0, 1)
H, digits = outputs(pair, mixed), torch.from_numpy(clean.y[:1000]).repeat(2)
torch.manual_seed(REPLICATE)
router = torch.nn.Linear(40, 2)
optimizer = torch.optim.Adam(router.parameters(), lr=0.01)
for _ in range(steps("router")):
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(top1_route(router(mixed), H), digits).backward()
    optimizer.step()
routed = top1_route(router(mixed_test), outputs(pair, mixed_test)).argmax(1).numpy()
read, told = 100 * (routed == np.tile(y_test, 2)).mean(), there["LoRA rank 4"].mean()
print(f"routed by what it learned {read:.1f} %, told the domain {told:.1f} %")

taken = router(mixed).amax(dim=1, keepdim=True)  # the softmax after the choice
late = taken.softmax(dim=1).sum()
gradient = torch.autograd.grad(late, router.weight)[0].abs().max()
print(f"softmax after the choice: largest gradient {gradient:.1g}")

# %% [markdown]
# ## Look
#
# Left: does more of the gap close with more numbers? Compare the third method with the fourth.
# Right: with reversed's module in place, which method leaves most of the old ability?

# %% tags=["look"]
ends = (frozen, there["all"])
closed = {
    name: [gap_closed(*three) for three in zip(own, *ends, strict=True)]
    for name, own in there.items()
}
show(
    pictures.gaps(closed, kept, before, numbers, list(DOMAINS)),
    "What five methods gain in new domains, and what they leave of the old one.",
)

# %% [markdown]
# Each row is a kind of test signal. Look where the sum stands beside the right module alone, and
# where it is ahead of all.

# %% tags=["look"]
arms = ("frozen base", "reversed's module", "ramp's module", "sum of both")
show(pictures.sums(results, arms), "Two LoRA modules of rank 4, and their exact sum.", name="sum")

# %% [markdown]
# The sum of the weights is exact, and yet it is not the sum of what they do: the two share layers.
# Now hand in your numbers and meet your predictions.

# %% tags=["look"]
share = {name: own[0] or 0.0 for name, own in closed.items()}  # of the gap on reversed signals
contribute(
    "adapters",
    biases_close=share["biases"],
    rank4_over_readout=share["LoRA rank 4"] - share["readout"],
    biases_keep=kept["biases"] - kept["all"],
    sum_on_both=results["both"][3] - results["both"][1:3].max(),
)
reveal("adapters")

# %% [markdown] tags=["explain:why"]
# ## Explain
#
# ### Explain: why
#
# In 3 to 6 sentences: how much of the gap did a few numbers close in your run and in the class's,
# and how sure is that? Why did 1,460 numbers in all layers do more than 1,260 in the last? When was
# the sum of two modules worth having? What would change your mind, and what can your run not tell?
#
# <!-- BEGIN SOLUTION -->
# On reversed signals 85 biases closed 0.33 of the gap, LoRA of rank 4 nearly all of it; in three
# other runs biases closed 0.15 to 0.29. The readout can only weigh features anew that were made
# for strokes in the other direction; LoRA changes each layer a little, so features can turn with
# the signals. The sum lost 15 and 27 points against the right module in either domain, but where
# both changes came together it was 13 points ahead of each, in other runs 6 to 8. A readout of as
# many numbers that closed as much would change my mind. My run has one base, two domains and 4,000
# examples; with fewer the order may differ.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Vary
#
# Turn one knob: the domain. Predict what the frozen base reads of *negated* signals, every height
# times -1, and whether more or less than by chance (10 %). Then look at what it takes each digit
# for. Is this another domain, or are the same strokes called otherwise? For another domain, put a
# line of your own into `DOMAINS` and run again from there.

# %% tags=["vary"]
predicted = outputs(base, -clean_test[0])[:, 0].argmax(1).numpy()
print(f"the base reads {100 * (predicted == y_test).mean():.1f} % of negated signals")
for digit in range(10):
    taken_for = np.bincount(predicted[y_test == digit], minlength=10)
    times = 100 * taken_for.max() / taken_for.sum()
    print(f"{digit} is taken for {taken_for.argmax()} in {times:.0f} %")
