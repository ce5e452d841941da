"""The published experiments: their networks' sizes, their protocols and where they stand."""

SOURCE = "Greydanus & Kobak 2024, arXiv:2011.14439v5, Figure 5; 2011.14439v1 (2020), Figure 6"
V5 = "Greydanus & Kobak 2024 (v5), Figure 5"
V1 = "Greydanus 2020 (v1), Figure 6"
TEXT_2020 = "Greydanus 2020 (v1), Section on double descent; withdrawn in 2024"
NAKKIRAN = "Nakkiran et al. 2020, arXiv:1912.02292, Section 6 (epoch-wise double descent)"

# Figure 5 of 2024: 500 epochs of 4000 examples in batches of 100, by SGD.
WIDTHS = (2, 3, 4, 5, 7, 9, 12, 16, 21, 27, 36, 47, 61, 80, 104, 135, 177, 230, 300)
CHANNELS = (*range(2, 30, 2), *range(30, 101, 5))
EPOCHS, EXAMPLES, TEST_EXAMPLES = 500, 4000, 12_000
BATCH, RATE, MOMENTUM = 100, 0.01, 0.9
NOISE = 0.15  # of the labels are drawn anew, from all classes: 13.5 % are wrong
STEPS = EPOCHS * EXAMPLES // BATCH

# What its panels show: the first size without training error; test error (%) in the valley and at
# the peak, with their sizes, and of the largest net; the highest test loss (nats). Errors were
# rounded down to whole numbers in the figure, and are the notebook's here.
PANELS = {
    "clean": {"fitted": 47, "end": 37.25, "loss": 4.415},
    "noise": {
        "fitted": 61,
        "valley": 47.24,
        "valley at": 16,
        "peak": 54.05,
        "peak at": 47,
        "end": 45.47,
        "loss": 5.786,
    },
    "cnn": {
        "fitted": 24,
        "valley": 19.64,
        "valley at": 10,
        "peak": 33.80,
        "peak at": 18,
        "end": 27.66,
        "loss": 3.099,
    },
}

# Figure 6 of 2020, with its sizes as recovered. Its optimiser, steps and number of examples
# were not published: with Adam and these, training losses come out near the published ones.
WIDTHS_2020 = (10, 20, 30, 40, 50, *range(70, 431, 20))
CHANNELS_2020 = (5, 10, 20, 25, 30, 33, 35, 37, 39, 40, 42, 45, 47, 50, 53, 55, 60, 65)
EXAMPLES_2020, STEPS_2020 = 10_000, 9000
