"""The words that a stranger must learn, as the README and the page explain them."""

WORDS = {
    "template": "the noiseless shape of a digit, 12 numbers",
    "recipe": "all knobs of a data set; a recipe determines its data",
    "lab": "one experiment: a question, a grid of cells, claims and a figure",
    "config, preset": "the settings a reader may change; a named set of them",
    "cell, record": "one trained network: what was asked, and what was measured",
    "arm": "all cells that differ in the replicate alone",
    "within": "the fields in which cells of one stack may differ",
    "replicate": "one repetition with its own data set, starting weights and order",
    "ticket, mask": "what pruning leaves of a network; the 0s and 1s that say which weights stay",
    "rewind": "to set the weights that stay back to their first values",
    "inner loop, outer step": (
        "a whole training, and one step of descent on what it is trained with"
    ),
    "hyper-gradient": "the derivative of a training's loss by its hyper-parameters",
    "rule, module, router": (
        "a law that some of the data follow; a part of a network; what decides which module "
        "works on what"
    ),
    "activation matrix": "how much of each module is used for each rule",
    "collapse, specialisation": (
        "modules that are left unused; how far modules are from one for each rule"
    ),
    "projector, probe": (
        "layers between a representation and the loss; a classifier that asks what a "
        "representation holds"
    ),
    "sketch": "a vector of fixed length that remembers what a modular network did on one input",
    "object, attributes": "one output of a module, and the numbers of it that a sketch keeps",
    "scene, effective weight": (
        "weighted objects at the top; the product of the weights on the way to one"
    ),
    "readout, gain, error bar": (
        "what is read from a sketch; what is left of an object in it; one standard deviation, "
        "which the sketch itself tells"
    ),
    "domain, task": "how signals differ from the published ones; what is asked of them",
    "purity": "the share of an example's neighbours that are of its class",
    "interpolation threshold": "the smallest network that fits its training set",
    "member, stack": "one of the networks that train in one tensor program; all of them together",
    "claim, verdict": (
        "a published sentence with a rule fixed before the run; what the interval says of it"
    ),
    "measure, family": (
        "what gives one number per replicate; claims that share a 5 % chance of any wrong verdict"
    ),
    "gate, protocol": (
        "why a claim is not judged on some results; the training that its source used"
    ),
    "session": "one sitting of a run: who trained what, where, under which rules",
    "look": "a number of replicates at which a run is judged, and ends or goes on",
    "finding, remark": "a lab's answer in two sentences; what a run says after its claims",
    "reference": "the committed results of a lab's full run",
}
