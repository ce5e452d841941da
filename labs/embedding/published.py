"""The published experiment: Greydanus & Kobak 2024 (arXiv:2011.14439), Figure 3, and the outputs
stored in the authors' self-supervised notebook."""

PUBLISHED = (4000, 1000)  # training and test examples of MNIST-1D
MNIST = (60000, 10000)
NEIGHBOURS = 10  # of the classifier
KNN, LOGISTIC = 59.6, 32.8  # percent of the test examples that are read
PERPLEXITY = 30.0  # of t-SNE, as scikit-learn's
ITERATIONS = 750  # of t-SNE, 250 of them exaggerated: the default of the library used
