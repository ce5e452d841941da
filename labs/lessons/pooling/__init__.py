"""The lesson on pooling: what it gains, by the number of training examples."""
