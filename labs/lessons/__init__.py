"""The lessons of the course, in teaching order: name -> package; and what they leave out. Imports
nothing.
"""

LESSONS: dict[str, str] = {
    "signals": "labs.lessons.signals",
    "verdicts": "labs.lessons.verdicts",
    "priors": "labs.lessons.priors",
    "double_descent": "labs.lessons.double_descent",
    "tickets": "labs.lessons.tickets",
    "hypergradients": "labs.lessons.hypergradients",
    "activations": "labs.lessons.activations",
    "pooling": "labs.lessons.pooling",
    "views": "labs.lessons.views",
    "modules": "labs.lessons.modules",
    "adapters": "labs.lessons.adapters",
    "sketches": "labs.lessons.sketches",
}

# Labs of which some or all claims are reached by no lesson, and why: ten weeks end somewhere.
LEFT_OUT: dict[str, str] = {
    "benchmark": "MNIST, nets between MLP and CNN, and spread by source are for the whole lab",
    "lottery": "the week takes the ticket, its controls and its neighbours; new data are at home",
    "double_descent": "controls, the withdrawn sweeps of 2020, and descent over training time",
    "hyperparameters": "the week takes one rate; schedules and rates tuned with others are at home",
    "activation": "noise, images and other starts are for who runs the whole lab",
    "modular_rules": "speed of learning, new inputs and wider states are for the whole lab",
    "sketches": "the week reads flat scenes by rotation; trees, archives and rivals are projects",
    "adapters": "the week takes the gaps closed; costs, order and hypernetworks are for projects",
    "composition": "merging needs two trained adapters first: a project after week 10",
    "routing": "routers at scale go on where week 9 ends: a project",
    "continual": "a sequence of tasks does not fit into 120 seconds: a project",
    "programs": "needs recurrent networks with memory, which no week introduces",
    "options": "needs reinforcement learning, which no week introduces",
    "mechanisms": "competing experts go on where week 9 ends: a project",
}
