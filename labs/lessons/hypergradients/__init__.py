"""Can gradient descent find its own learning rate? The week's lesson on hyper-gradients."""
