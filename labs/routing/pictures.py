"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.routing.figure import block, labels, learned, maps
from labs.routing.figures_of_meters import collapse, specialisation, unrest
from labs.routing.figures_of_places import factors, few, hard, places, starts
from labs.routing.figures_of_skills import pairs, skills

PICTURES = {
    "learned": Picture(
        learned,
        "Signals of four domains, whose labels conflict, go through blocks with four experts; a "
        "router says which experts act. (a) Test accuracy by router: fixed ones, learned ones that "
        "choose one expert, and soft ones that mix several. The dashed line is the oracle, one "
        "expert for each domain, told which it is; how far others are left of it is what "
        "learning to route costs. (b) By how many points fixed routing is ahead of the best "
        "learned router, and of one wide expert with as many numbers; right of 0 the claims hold.",
    ),
    "block": Picture(
        block,
        "What is routed. (a) One digit in four domains: reversed, with a ramp added, as its "
        "slopes, and stretched; the same label is another digit's where labels conflict. (b) A "
        "block of the network: its own layer is frozen, four experts stand beside it, and what "
        "they add is weighted by the gates of a router, which sees a token, the signal or the "
        "name of the domain. Only experts and router are trained.",
    ),
    "maps": Picture(
        maps,
        "Which share of a domain's test signals (row) four routers send to each expert (column) "
        "in the last block, in the first replicate: the oracle, which is told the domain; a hash "
        "of the signal, which knows nothing; and two learned routers. A dark diagonal means an "
        "expert for each domain, a dark column an expert that serves all, a pale column one that "
        "is hardly used. Rows sum to 1.",
    ),
    "labels": Picture(
        labels,
        "The same four domains where a label means the same digit in all of them. (a) Test "
        "accuracy by router, of those that were trained there; the dashed line is the oracle with "
        "one expert for each domain, the dotted one the network without experts. (b) By how many "
        "points the oracle is ahead of one wide expert with as many numbers: where labels "
        "conflict, a lead and one of 10 points were claimed; where they agree, a tie within 1.5.",
    ),
    "collapse": Picture(
        collapse,
        "How unevenly routers use 8 experts in each block. (a) The use that experts miss, 0 where "
        "all are used alike, 1 where one has all; less than 0.1 was foretold of Switch with a "
        "balance loss. (b) The same of the least used expert. (c) What training Switch, and "
        "leaving out its balance loss, add. (d) Experts that no test signal is sent to, (e) how "
        "many more without a balance loss, (f) how often there is one at all.",
    ),
    "specialisation": Picture(
        specialisation,
        "Does each domain get an expert of its own? For every router with four experts, trained "
        "(large marks) and untrained (grey diamonds): (a) what the chosen expert tells of the "
        "domain, as normalised mutual information, 0 if nothing, 1 if all; of the learned router "
        "that is best in a replicate it is {C12-nmi} (below 0.9: {C12-nmi:verdict}). (b) How far "
        "the use of experts is from one for each domain, 0 if there is one. Of a hash nothing is "
        "claimed to be told.",
    ),
    "unrest": Picture(
        unrest,
        "How calm training is. (a) By router, the share of choices that change between two looks "
        "in training. (b) How far a replicate's distance from the oracle lies from the median of "
        "all replicates, in points of accuracy. (c) REINFORCE was foretold to change more choices "
        "than Gumbel straight-through, and that more than a dense mixture; (d) and REINFORCE to "
        "scatter more than twice as much as Gumbel. Right of 0 these claims hold.",
    ),
    "places": Picture(
        places,
        "Where a router stands and what gets a choice of its own, for a hard and a soft router: a "
        "choice in every layer, one for all (naive), one that sees all (global), or in two steps "
        "(hierarchical); for every token, signal (example) or domain (task). (a) Test accuracy "
        "where labels conflict. (b) What an expert tells of the domain. (c) By how much more it "
        "tells with a choice for every signal than for every token, after training and by "
        "training.",
    ),
    "factors": Picture(
        factors,
        "Blocks with two experts each, and routers that are told the domain. (a) Two domains that "
        "differ in one factor: one choice for all blocks, or one for each. (b) Four domains, two "
        "factors crossed or four without factors, where two experts do not suffice unless blocks "
        "choose differently. (c) By how many points a choice for each block is ahead of one for "
        "all: claimed are no more than 1.5 for one factor, and a lead for two, that is larger "
        "than for four domains without factors.",
    ),
    "hard": Picture(
        hard,
        "Hard choices, of one expert in each block, let no gradient through to the router. (a) "
        "Test accuracy where labels conflict with choices that stay as they started (grey), are "
        "trained by REINFORCE or by Gumbel's straight-through gradient, all seeing the signal; "
        "and, told the domain, as they started or chosen by evolution. (b) By how many points "
        "each way to train choices is ahead of those that stay, seeing the same.",
    ),
    "few": Picture(
        few,
        "Do routers with more choices learn few examples by heart? Networks with two kinds of "
        "routers have 300 training examples. (a) By how many points they read those better than "
        "test examples, where every token, every signal (example) or every domain (task) gets a "
        "choice of its own. (b) By how much that gap is larger with a choice for every token than "
        "with the larger one of the other two: right of 0 as claimed.",
    ),
    "starts": Picture(
        starts,
        "A new domain gets an expert of its own beside trained ones. (a) Test accuracy as it "
        "learns, when it starts from the mean of the trained experts and from chance. (b) Steps "
        "that it takes from the mean, over those from chance, to 95 % of what the latter reaches: "
        "left of 1 the mean is the better start. Claimed are fewer steps and, foretold, half of "
        "them or less.",
    ),
    "skills": Picture(
        skills,
        "Each task needs two of six skills, and Polytropon has to find out which, one module a "
        "skill. (a) The true skills of the pairs that are trained on, in one replicate. (b) Those "
        "that were found there, as weights of the six modules, each matched to the skill it fits "
        "best; where it found them, (b) looks like (a). (c) How well the two agree, after "
        "training and before; 0.7 was foretold. (d) What training adds.",
    ),
    "pairs": Picture(
        pairs,
        "Tasks of two skills, learned with modules that are shared as the true skills say, as "
        "Polytropon found, all in one module, in one wide one, or not at all. Test accuracy (a) "
        "of pairs that were trained on, (b) of pairs that were never seen, without examples, and "
        "(c) after 100 examples. (d) By how many points sharing skills is ahead on unseen pairs, "
        "and what the wrong pair's skills cost on seen ones; right of 0 the claims hold.",
    ),
}
