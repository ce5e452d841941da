"""The lesson on activations: one that is learned, after a short and after a long training."""
