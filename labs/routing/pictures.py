"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.routing.figure import accuracies, routing
from labs.routing.figures_of_meters import levels, meters
from labs.routing.figures_of_skills import skills

PICTURES = {
    "routing": Picture(
        routing,
        "One digit in four domains; a block with experts and a router; and how often four "
        "routers send the domains' signals to each expert of the last block, in the first "
        "replicate.",
    ),
    "accuracies": Picture(
        accuracies,
        "Accuracy by router, where labels of domains conflict and where they do not; beside "
        "it what the untrained experts, which add nothing, read.",
    ),
    "meters": Picture(
        meters,
        "Collapse, specialisation and unrest by router, where labels conflict, each beside "
        "its value before training.",
    ),
    "levels": Picture(
        levels,
        "Accuracy and specialisation by level and grain, one factor and two, few examples, "
        "and a new expert's starts.",
    ),
    "skills": Picture(
        skills,
        "The true skills of the seen pairs and those that Polytropon found, in one "
        "replicate; how well the two agree; accuracy of seen pairs, and of unseen ones "
        "before and after their examples.",
    ),
}
