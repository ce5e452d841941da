"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.activation.figure import accuracies, leads, shapes, transfer
from labs.activation.figures_of_descent import descent, numerics
from labs.kit.lab import Picture

PICTURES = {
    "leads": Picture(
        leads,
        "A small network's activation function was learned by gradient descent through the "
        "network's whole training of 301 steps. (a) The learned functions, a line a replicate, "
        "beside ReLU. (b) By how many points of test accuracy networks that start afresh are "
        "better with it than with others: {A1-relu} over ReLU after the published training (more "
        "than 5: {A1-relu:verdict}), {A2-long-paper} after 2,000 steps at the best learning rate "
        "of each (more than 5: {A2-long-paper:verdict}). Black: learned on one network, as "
        "published; blue: on a fresh network every time.",
    ),
    "accuracies": Picture(
        accuracies,
        "Learned activations beside six usual ones. (a) As published: accuracy of the one network "
        "that the activation is learned on, by outer step, on 500 test examples; lines across are "
        "single networks with usual activations. (b) Means of fresh networks on the whole test "
        "set, at the published learning rate, at the best of each activation, and at the best "
        "after 2,000 steps. (c) How much larger the lead over ReLU is on the one network than in "
        "fresh ones, in training loss: {A4-one} (above 0, it is fitted to the one: "
        "{A4-one:verdict}).",
    ),
    "shapes": Picture(
        shapes,
        "(a) How the activation of one replicate grew, from its start (dashed). (b) What was "
        "learned in all replicates, on one network again and again and on fresh ones. (c) In how "
        "many replicates it has a maximum and a minimum about where the published function has "
        "them (most: {A3-paper-shape:verdict}), and is positive somewhere left of -1 (most: "
        "{A3-paper-left:verdict}). (d) How far functions learned on fresh networks end from those "
        "learned on one, as a share of the way from their common start: {A4} (below 0.5: "
        "{A4:verdict}).",
    ),
    "transfer": Picture(
        transfer,
        "Does a learned activation work in other networks? (a) Its rank among six usual ones "
        "and itself in small convolutional networks on MNIST-1D and on images of digits, 8 by 8 "
        "pixels (and MNIST and CIFAR-10, where a reader has their files), by training loss of the "
        "first epoch and by test loss at the end; 1 is best. The claims are about the "
        "published polyline of six pieces; by final loss on MNIST-1D its rank is {A6-end-mnist1d} "
        "(third to fifth: {A6-end-mnist1d:verdict}). Squares and diamonds are the functions "
        "themselves. (b) By how much the polyline's final test loss is above that of the worst of "
        "ReLU, swish and ELU: right of 0 it is behind all three.",
    ),
    "descent": Picture(
        descent,
        "(a) What is minimised, the mean training loss of the last 200 steps of a training, by "
        "outer step, and (b) the norm of its gradient by the activation's 301 parameters, mean of "
        "logarithms: with one network again and again as published, with fresh ones, and without "
        "the noise that the published code calls important. (c) What noise adds to accuracy in "
        "fresh networks, {A5-accuracy} (above 0: {A5-accuracy:verdict}), and (d) how much larger "
        "gradients are without it, {A5-gradient} (above 0: {A5-gradient:verdict}).",
    ),
    "numerics": Picture(
        numerics,
        "How exact is a table? While it is learned, the activation is looked up in a table with "
        "cubic pieces from -16 to 16. Relative errors of the objective and of the meta-gradient "
        "in the first outer step by the number of cells, in double precision, against a table of "
        "8,192 cells; dotted is what single precision does to each with the usual number. Means "
        "of logarithms over replicates, with 95 % intervals.",
    ),
}
