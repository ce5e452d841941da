"""Names of the base's parameters and layers, as kinds of modules take them; free of torch."""

# Patterns of parameters
ALL = ("*",)
BIASES = ("first.bias", "second.bias", "blocks.*.bias", "norm.bias")  # not the head's
NORMS = ("blocks.*.norm_*", "norm.*")
HEAD = ("head.*",)
BODY = ("first.*", "second.*", "positions.*", "blocks.*", "norm.*")  # all but the head

# Linear maps of a block
ATTENTION = ("query", "value")
LINEARS = ("query", "key", "value", "out", "widen", "narrow")
