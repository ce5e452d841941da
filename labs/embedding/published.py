"""The published experiment: Greydanus & Kobak 2024 (arXiv:2011.14439), Figure 3, and the outputs
stored in the authors' self-supervised notebook."""

PUBLISHED = (4000, 1000)  # training and test examples of MNIST-1D
MNIST = (60000, 10000)
NEIGHBOURS = 10  # of the classifier
KNN, LOGISTIC = 59.6, 32.8  # percent of the test examples that are read
PERPLEXITY = 30.0  # of t-SNE, as scikit-learn's
ITERATIONS = 750  # of t-SNE, 250 of them exaggerated: the default of the library used
WITHDRAWN = (  # claims of version 1, withdrawn on 2026-11-27, and why
    (
        "E1-vote, that a vote of neighbours reads less than 20 % of the signals",
        "the source stores 59.6 % and says no such number: it could only be contradicted",
    ),
    (
        "E6-digits, that the map of 8x8 digits has ten clusters",
        "the source shows MNIST, and 12 maps of one set of digits are no replicates",
    ),
)
LEFT_OUT = (  # what the source says and no claim judges, and why
    ("MNIST is linearly separable (2020)", "it was corrected to neighbours in the same year"),
    ("The maps have divergences of 2.86 and 2.53", "another library's, of 70,000 images"),
)
