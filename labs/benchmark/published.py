"""Table 1 of Greydanus & Kobak 2024 (arXiv:2011.14439), and the quizzes that its human answered."""

STEPS = 6000  # of training (upstream's train.py)
TABLE_1 = {  # (model, are the positions shuffled?) -> test accuracy in percent, its tolerance
    ("logistic", False): (32, 1),
    ("mlp", False): (68, 2),
    ("cnn", False): (94, 2),
    ("gru", False): (91, 2),
    ("logistic", True): (32, 1),
    ("mlp", True): (68, 2),
    ("cnn", True): (56, 2),
    ("gru", True): (57, 2),
}
STORED = {  # final test accuracies of the run of 2024 (mnist1d-classification.ipynb)
    ("logistic", False): 31.5,
    ("mlp", False): 65.1,
    ("cnn", False): 92.3,
    ("gru", False): 89.1,
    ("logistic", True): 31.5,
    ("mlp", True): 66.0,
    ("cnn", True): 58.7,
    ("gru", True): 53.3,
}
MNIST = {"logistic": (94, 0.5), "mlp": 99, "cnn": 99, "gru": 99}  # the same; three are lower ends
MNIST_EXAMPLES = 50_000  # that train here: 10,000 of the 60,000 validate
MLP = TABLE_1["mlp", False][0]
# The quizzes of one author, without the one that is stored twice: wrong answers and questions for
# each digit.
QUIZ = ((2, 30), (2, 42), (4, 36), (0, 50), (3, 47), (0, 40), (0, 40), (3, 34), (0, 40), (3, 41))
ANSWERS = sum(questions for _, questions in QUIZ)
RIGHT = ANSWERS - sum(wrong for wrong, _ in QUIZ)
HUMAN = 100 * RIGHT / ANSWERS  # percent
HUMAN_INTERVAL = (93.3, 97.3)  # percent, Wilson's of 95 %
LEFT_OUT = (  # what the source says and no claim judges, and why
    ("The human reads more than 99 % of MNIST and 30 ± 10 % of shuffled signals", "no data exist"),
    (
        "The human read the test set in one shot, after training on the training set",
        "nobody was asked again; the stored protocol shows the right answers after each ten",
    ),
    (
        "The tolerances are standard deviations over three runs",
        "the code makes one; how far a level spreads, and by what, is in the table of sources",
    ),
    ("Human and CNN confuse the same digits", "17 errors of one human are too few to say"),
    ("A GRU takes at least ten times as long as a CNN", "a time is of a machine and a program"),
    ("The benchmark takes about ten minutes", "a time is of a machine and a program"),
    (
        "The CNN overfits benignly",
        "it names what is judged: all training data learned (C8-cnn), test data read (C2-cnn)",
    ),
    ("What is found at small scale guides large scale", "there is no large scale here"),
)
