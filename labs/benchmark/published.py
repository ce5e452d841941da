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
LEARNED = {"logistic": 37.2}  # final training accuracy there; others learn all, or vary by run
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
