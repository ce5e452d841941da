"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.sketches.figure import answer, mechanism
from labs.sketches.figures_of_digits import digits, recovery
from labs.sketches.figures_of_errors import errors, products
from labs.sketches.figures_of_uses import cnn, resemblance, samples, year

PICTURES = {
    "answer": Picture(
        answer,
        "A sketch is one vector of d numbers that sums up what all modules of a network put out. "
        "(a) The error of an object read from it, by d and number of objects (dotted: theory). "
        "(b) A sketch against a random sample, of raw scenes or of module outputs, that is as "
        "large: right of 0 the sketch errs less. It tells how often each digit came in a year "
        "better than raw scenes by {Y1-scenes} ({Y1-scenes:verdict}), and what came in mornings "
        "better than outputs by {Y2-objects} ({Y2-objects:verdict}). (c) The factor by which "
        "errors grow from one level of depth to the next; ticks: theory.",
    ),
    "mechanism": Picture(
        mechanism,
        "One scene of three digits on its way into a sketch and back. (a) Its signals. (b) The "
        "objects: modules that know the digits put out 12 numbers each. (c) The sketch: one "
        "vector of 2,048 numbers, red negative and blue positive, in which all three lie mixed. "
        "(d) Read from it: how many objects each digit's module has put out; grey bars are true, "
        "points read with one standard deviation. (e) Read from it: the waveform in each slot; "
        "grey is true, bands are one standard deviation.",
    ),
    "errors": Picture(
        errors,
        "How well the attributes of an object are read of a sketch of d numbers. (a) By d, for 1 "
        "to 16 objects in the scene. (b) The power of d with which errors fall, theory at the "
        "tick; in the last row the d numbers are what is left of a longer sketch. (c) The error "
        "times the root of d by the number of objects and (d) by the weight of one of four. (e) "
        "By depth, where every object is made of one to three others. (f) By what is left of a "
        "cut sketch, for objects of three weights. Dotted lines and ticks are theory.",
    ),
    "products": Picture(
        products,
        "What the inner product of two sketches tells of what their scenes share. (a) The cosine "
        "of sketches without a common module, by d. (b) The product of sketches that share an "
        "object, by its weight in both. (c) The product over theory for an object at the same or "
        "another position, with attributes of cosine 1, 0.5 and 0. (d) How well pairs of sketches "
        "that share one of four modules are told from pairs that share none; ticks are what a "
        "prototype gave before this lab.",
    ),
    "digits": Picture(
        digits,
        "Scenes of 1, 3 or 5 MNIST-1D digits, seen by modules that know them (solid) or by a "
        "trained network (dashed), and read back of the sketch. (a) Scenes in which all ten "
        "counts are right, by d; bars judge scenes of three, ticks are a prototype's. (b) The "
        "same, of a prefix of a sketch of 8,192 numbers: of 256 numbers {K14-cut-256} are right, "
        "where 0.50 was foretold ({K14-cut-256:verdict}). (c) The mean of many sketches: error of "
        "a count per scene. (d) Slots whose digit is right, (e) the error of their waveforms, and "
        "(f) slots whose waveform is nearest to their digit's.",
    ),
    "recovery": Picture(
        recovery,
        "A random two-layer network whose inside is unknown, found again from sketches of its "
        "outputs alone. (a) The share of its weight columns that are found by the number of "
        "sketches, of transparent sketches and of plain sums, for two shares of blocks that are "
        "not zero; dotted: columns that can be found at all; bars judge, ticks are a prototype's. "
        "From 300 sketches {K19-300} are found where 0.39 was foretold ({K19-300:verdict}). (b) "
        "Differences of shares: of more sketches, of columns placed in their module against "
        "chance, and against independent component analysis.",
    ),
    "year": Picture(
        year,
        "A year of 365 days, each with scenes of digits, summed up in as many numbers as the "
        "horizontal axis says, and asked afterwards. (a) How often each digit came, (b) which "
        "came in mornings rather than evenings, (c) what it looked like, (d) which days were "
        "alike, (e) what a day's third object looked like; lower is better. Blue is the sketch, "
        "read as the source reads it or solved by least squares; the others are what one would "
        "keep instead, of which some were told beforehand what will be asked; grey is an answer "
        "that keeps nothing.",
    ),
    "samples": Picture(
        samples,
        "A sketch against a random sample that takes as many numbers (1,024 of a year; of a day "
        "64 or 256): the error of the sample less that of the sketch, so that right of 0 the "
        "sketch is better. (a) The sketch read as the source reads it; what a digit looks like, "
        "against outputs: {Y3-objects}, {Y3-objects:verdict}. (b) The sketch solved by least "
        "squares for all that it may hold, an extension of ours. (c) Which days are alike. (d) "
        "The other way round: the error of the sketch less that of counters that were told "
        "beforehand what will be asked.",
    ),
    "resemblance": Picture(
        resemblance,
        "Do sketches resemble each other where scenes do? (a) Sketches of 300 scenes of three "
        "digits in the plane of their first two principal components, by how often one digit is "
        "in the scene. (b) Digits that the ten scenes with the largest products share with a "
        "query. (c) The mean product by shared digits. (d) Purity of ten clusters of scenes with "
        "an object that no module is named after, and (e) differences of purities. (f) The rank "
        "correlation of products and shared digits; the tick is what a prototype gave.",
    ),
    "cnn": Picture(
        cnn,
        "Sketches of which channels of a two-layer CNN, trained on MNIST-1D, fired and where, "
        "beside random projections of its responses to as many numbers. (a) How well cosines tell "
        "two inputs of one class from two of different classes; (b) the accuracy of a linear "
        "probe; dashed: untrained networks. (c) How well the weights of channels are read of a "
        "sketch. (d, e) Differences from the sketch, right of 0 the sketch is better: against "
        "objects without places pairs are told by {U-cnn-auc-bag} ({U-cnn-auc-bag:verdict}).",
    ),
}
