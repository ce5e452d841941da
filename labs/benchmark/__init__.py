"""Lab: which priors does a model need to read MNIST-1D?"""
