"""What the labs train and test on: the data set of a replicate, and images from the reader's files.

Imports numpy and `mnist1d`, never torch.
"""
