"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.lottery.figure import search, tickets, transfer
from labs.lottery.figures_of_masks import locality, masks
from labs.lottery.figures_of_presets import chance, rounds

PICTURES = {
    "tickets": Picture(
        tickets,
        "A ticket is what is left of a network when training and masking the smallest weights "
        "alternate, until 92 % are masked. (a) By how many points of test accuracy it beats the "
        "dense network that it was found in: on its own data, on new data, and on new data whose "
        "40 positions are flipped, cut into chunks or shuffled; with its initial weights, or with "
        "fresh ones. Right of zero is a gain; shaded is what is claimed. (b) How often units of "
        "the ticket keep inputs that are neighbours, over what chance gives. Faint dots are "
        "replicates, each with data and weights of its own, in (b) what each adds to a ratio of "
        "sums.",
    ),
    "search": Picture(
        search,
        "The search for tickets: after each training a larger share of the weights is masked, the "
        "smallest first (ticket) or at random, and the others go back to their initial values; "
        "biases are masked with the weights, or all stay live. "
        "(a) Test loss and (b) test accuracy by the share that is masked, with 95 % intervals "
        "over replicates; the black line is the dense network. A search on data with shuffled "
        "positions is a check: it should give the same. (c) What a ticket gains over the dense "
        "network and over random masks, claim by claim.",
    ),
    "transfer": Picture(
        transfer,
        "The mask with 92 % of the weights masked, trained on data that it was not found on, "
        "beside the dense network and a random mask: (a) data in the original order, (b) flipped, "
        "(c) with shuffled positions, (d) with chunks in another order, (e) from initial weights "
        "that are not those of the search. Marks at the right are the published ends, bars the "
        "ticket's level as judged. (f) How much of the ticket is lost with the initial weights, "
        "by shuffling, and by cutting one of the 39 pairs of neighbours.",
    ),
    "locality": Picture(
        locality,
        "How often units of the first layer keep (a) two, (b) three and (c) four neighbouring "
        "inputs, in units of what chance gives when each unit's inputs are dealt anew; the "
        "stricter chance keeps also how often each position is used. Random masks should lie at "
        "1, and so should a ticket that was found on shuffled positions, until the positions are "
        "put back in order. Right of 1, the search prefers neighbours. A dot is what a replicate "
        "adds to a ratio of sums.",
    ),
    "masks": Picture(
        masks,
        "Masks of the first layer in the first replicate, with 92 % masked: (a) at random, (b) a "
        "ticket. A column is a unit, a mark an input that it keeps: in colour where the input "
        "beside it is kept too, grey where not. Of all units those with most neighbours are "
        "shown. (c) The share of units that keep each of the 40 input positions, mean and 95 % "
        "interval over replicates: where a search keeps less of some positions than of others, "
        "that alone raises the number of neighbours, and the stricter chance takes it into "
        "account.",
    ),
    "chance": Picture(
        chance,
        "Where the spread of accuracies comes from. Every replicate draws its data, its initial "
        "weights and the order of its examples anew, or one of them alone, and has the rest of the "
        "first replicate; for rounding alone its hidden units change places, which in exact "
        "arithmetic would change nothing. (a) Standard deviation over replicates of the dense "
        "network, of its ticket with 92 % masked, and of what the ticket gains, with 95 % "
        "intervals; no shares of a whole, for each has rounding in it, and what things do "
        "together. (b) The gain itself; faint dots are replicates.",
        preset="crossed",
    ),
    "rounds": Picture(
        rounds,
        "Does it matter in how many rounds a ticket is found? (a) Test accuracy by the share of "
        "weights that is masked, in a search of few rounds (5 to the ticket) and in one of many "
        "(91, as published); the black line is the dense network. (b) Both tickets and the dense "
        "network on new data, over training. (c) What the ticket of many rounds is ahead by, where "
        "it was found ({L12-own}, above 0: {L12-own:verdict}) and on new data ({L12-new}, above 0: "
        "{L12-new:verdict}), and what the other gains over the dense network.",
        preset="longer",
    ),
}
