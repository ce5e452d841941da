"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.adapters.figure import signs
from labs.adapters.figures_of_answers import answer, costs, order
from labs.adapters.figures_of_gaps import gaps, hypernetworks, pilot, tickets
from labs.adapters.figures_of_sizes import dimensions, fronts
from labs.kit.lab import Picture

PICTURES = {
    "answer": Picture(
        answer,
        "A network that reads MNIST-1D is frozen and adapted to changed signals by small modules. "
        "(a) How much of the gap between the frozen network (0) and fine-tuning of all its "
        "parameters (1) modules of several sizes close, mean of two changes, with 1,500 examples. "
        "(b) Differences of that share between kinds of modules of about 2 % of the parameters, "
        "those that add functions, change parameters, or add inputs, by best and median members: "
        "function over parameter composition, which the survey ranks first, is {C7-function-best} "
        "({C7-function-best:verdict}). (c) What is closed in the third best change; the claim is "
        "0.8.",
    ),
    "signs": Picture(
        signs,
        "The survey's table of plus and minus signs with a number in each cell: of the median and "
        "of the best of the methods of about 2 % of the parameters of each kind (under parameter "
        "efficiency: of the families of sizes). Blue: the medians stand to both other rows as the "
        "signs do; yellow: to one of them; red: to neither. Kendall's tau in the last row is 1 "
        "where all three rows stand in the order of the signs, -1 where they are reversed; it is "
        "the mean over replicates.",
    ),
    "order": Picture(
        order,
        "Do the survey's signs go with measured numbers? (a) Kendall's tau between the signs of "
        "each column and the measured order of the three kinds of modules, told by their best "
        "members or their medians: 1 is the same order, 0 no relation, -1 the reverse. (b) The "
        "smallest share of parameters that closes 80 % of the gap, of one kind over that of "
        "another, in octaves: below 0 the first needs fewer. Input against parameter composition: "
        "{C4-input} ({C4-input:verdict}).",
    ),
    "fronts": Picture(
        fronts,
        "The share of the gap that is closed (0: frozen network, 1: full fine-tuning with 1,500 "
        "examples) over the share of parameters that are trained, mean of the two changes of "
        "signals named above each panel, (a) with most and (b) with fewest training examples. "
        "Lines join sizes of one family of modules, crosses are methods of one size, named at the "
        "right; horizontal lines are full fine-tuning, training of the head alone, and training "
        "from scratch. Bars are 95 % t intervals.",
    ),
    "dimensions": Picture(
        dimensions,
        "Full fine-tuning moves 66,346 parameters; here it is confined to a random subspace of "
        "few dimensions. (a) The share of the gap that is closed by the dimension of the "
        "subspace, for four changes of signals; at the right the dimension that closes 90 % "
        "(dotted). (b) That dimension in octaves (9 is 512) against two claims: that it is 4 % of "
        "the parameters or less, and that it lies between 100 and 1,000. (c) How much larger it "
        "is for other changes than for a change of height.",
    ),
    "costs": Picture(
        costs,
        "What modules cost, counted in products of numbers. (a) A training step over one of full "
        "fine-tuning, for LoRA {C2-step-lora} ({C2-step-lora:verdict}). (b) Reading one signal "
        "with the module in place over reading it without; what merges into the network costs 1; "
        "ticks were computed beforehand. (c) Training until 95 % of the last accuracy: products "
        "of methods that train twice over those of LoRA, and steps of prompts and adapters over "
        "others, in octaves (1 is twice as many).",
    ),
    "gaps": Picture(
        gaps,
        "The share of the gap between the frozen network (0) and full fine-tuning with 1,500 "
        "examples (1) that each method closes in each of four changes of the signals, (a) with "
        "most and (b) with fewest training examples. Methods stand by kind: those that change "
        "parameters, add inputs or add functions, and, in grey, what they are compared with. "
        "Large marks are means with 95 % t intervals, small ones replicates.",
    ),
    "pilot": Picture(
        pilot,
        "Which changes of the signals leave something to adapt to? (a) Accuracy of the frozen "
        "network, of the same with its answers permuted for the best, and of full fine-tuning; "
        "changes with a gap of 25 points and more than 75 % at its end are admitted (black). (b) "
        "Controls: what methods gain where the change destroys information and nothing was to be "
        "gained (shaded: within 2 points); full fine-tuning on half the length: {N-len20-full} "
        "({N-len20-full:verdict}). (c) Full fine-tuning above permuted answers.",
    ),
    "tickets": Picture(
        tickets,
        "LT-SFT fine-tunes all parameters, keeps those that moved most, goes back and trains "
        "these alone. (a, b) The share of the gap closed in two changes of the signals with 0.5 % "
        "and 8 % of the parameters, beside training without going back, the largest weights, and "
        "weights drawn at random. (c) Differences in points, mean over both: right of 0 LT-SFT is "
        "ahead. That its lead over random weights shrinks from 0.5 % to 8 %: {C9-less} "
        "({C9-less:verdict}).",
    ),
    "hypernetworks": Picture(
        hypernetworks,
        "A hypernetwork is told how signals are changed and writes an adapter for a change that "
        "it has never seen. (a) Accuracy of what it writes when told the truth, when told of "
        "another change, and of an adapter that was trained there; dotted: chance. (b) How far it "
        "is behind the trained adapter for a ramp between two that it knows, how much further for "
        "a steeper ramp, its lead over the nearest known ramp's adapter, and over false metadata, "
        "{C27-metadata} ({C27-metadata:verdict}).",
    ),
}
