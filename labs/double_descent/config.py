"""What a reader may change, and the presets."""

from dataclasses import dataclass
from typing import Any

from labs.data.mnist1d import CLASSES, EXAMPLES
from labs.double_descent import published
from labs.double_descent.published import BATCH
from labs.double_descent.sizes import HEADS
from labs.kit.settings import check, setting

NOISES = ("any", "another")


@dataclass(frozen=True)
class Config:
    """What a reader may change.

    By default `widths`, `channels`, `epochs`, `rate`, `examples`, `noise` and `test_examples` are
    those of Figure 5 of 2024; `clean_most` and `noise_kind` are ours.
    """

    replicates: int = setting(10, "MLPs of each size", least=1)
    cnn_replicates: int = setting(5, "CNNs of each size", least=1)
    widths: tuple[int, ...] = setting(published.WIDTHS, "hidden units", least=1, empty=True)
    clean_most: int = setting(max(published.WIDTHS), "hidden units with clean labels", least=1)
    channels: tuple[int, ...] = setting(published.CHANNELS, "CNN's channels", least=1, empty=True)
    epochs: int = setting(published.EPOCHS, "epochs of training", least=1)
    rate: float = setting(published.RATE, "learning rate of SGD", above=0)
    examples: int = setting(published.EXAMPLES, "training examples", least=1)
    noise: float = setting(published.NOISE, "share of labels drawn anew", above=0, below=1)
    noise_kind: str = setting("any", "class that a label is flipped to", among=NOISES)
    test_examples: int = setting(published.TEST_EXAMPLES, "test examples", least=1)
    grid_examples: tuple[int, ...] = setting(
        (250, 1000, 4000), "examples n, each with every K", least=BATCH, most=EXAMPLES, empty=True
    )
    more_examples: tuple[int, ...] = setting(
        (500, 2000), "n with the largest K alone", least=BATCH, most=EXAMPLES, empty=True
    )
    grid_classes: tuple[int, ...] = setting((2, 5, 10), "classes K", least=2, most=CLASSES)
    controls: bool = setting(True, "half the training, a further start, unused outputs")
    nll_ratios: tuple[float, float] = setting(
        (0.25, 2.0), "least and most parameters to n", above=0, repeats=True
    )
    nll_ratios_few: tuple[float, float] = setting(
        (0.5, 5.66), "the same at the fewest examples", above=0, repeats=True
    )
    mse_ratios: tuple[float, float] = setting(
        (0.25, 1.42), "least parameters to n, most to n K", above=0, repeats=True
    )
    mse_ratios_many: tuple[float, float] = setting(
        (0.55, 1.0), "at the most examples: least to n (K - 1), most to n K", above=0, repeats=True
    )
    mse_classes_many: tuple[int, ...] = setting(
        (2, 5, 10), "at the most examples: classes K of squared error", least=2, most=CLASSES
    )
    grid_steps: int = setting(5000, "training steps of each n and K, at least", least=2)
    grid_epochs: int = setting(200, "epochs of each n and K, at least", least=1)
    patience: int = setting(4, "times these steps: squared error at the most examples", least=1)
    nll_rate: float = setting(0.03, "learning rate of Adam, cross-entropy", above=0)
    mse_rate: float = setting(0.02, "learning rate of Adam, squared error", above=0)
    mse_rate_many: float = setting(0.005, "the same at the most examples", above=0)
    dropped_examples: int = setting(1000, "n with digits dropped", least=BATCH, most=EXAMPLES)
    dropped_classes: tuple[int, ...] = setting(
        (2, 5), "classes K with digits dropped", least=2, most=CLASSES - 1, empty=True
    )
    fit_replicates: int = setting(10, "other architectures of each size", least=1)
    fit_examples: int = setting(
        1000, "examples that other architectures fit", least=BATCH, most=EXAMPLES
    )
    fit_steps: int = setting(5000, "training steps of these", least=2)
    fit_channels: tuple[int, ...] = setting(
        (5, 7, 8, 10, 12, 14), "channels of their CNN", least=1, empty=True
    )
    fit_gru: tuple[int, ...] = setting(
        (1, 2, 3, 4, 6), "units of their GRU in each direction", least=1, empty=True
    )
    fit_transformer: tuple[int, ...] = setting(
        (8, 10, 12, 16, 20), "features of their transformer", least=2, empty=True
    )
    widths_2020: tuple[int, ...] = setting(
        published.WIDTHS_2020, "hidden units of 2020", least=1, empty=True
    )
    channels_2020: tuple[int, ...] = setting((), "channels of 2020", least=1, empty=True)
    examples_2020: int = setting(published.EXAMPLES_2020, "training examples of 2020", least=1)
    steps_2020: int = setting(published.STEPS_2020, "training steps of 2020", least=1)

    def __post_init__(self) -> None:
        check(self)
        twice = sorted({*self.grid_examples} & {*self.more_examples})
        if twice:
            raise ValueError(f"more_examples must not repeat grid_examples, got {twice} in both")
        for name in ("nll_ratios", "nll_ratios_few", "mse_ratios", "mse_ratios_many"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must ascend, got {(low, high)}")
        odd = [size for size in self.fit_transformer if size % HEADS]
        if odd:
            raise ValueError(f"fit_transformer must be multiples of {HEADS}, got {odd}")


NO_FITS: dict[str, Any] = {  # neither dropped digits nor other architectures
    "dropped_classes": (),
    "fit_channels": (),
    "fit_gru": (),
    "fit_transformer": (),
}
PRESETS = {
    "smoke": Config(
        replicates=2,
        cnn_replicates=1,
        widths=(4, 16),
        channels=(4,),
        epochs=1,
        examples=300,
        test_examples=200,
        grid_examples=(100, 200),
        more_examples=(),
        grid_classes=(2, 10),
        nll_ratios=(0.7, 1.0),
        nll_ratios_few=(0.7, 1.0),
        mse_ratios=(0.7, 1.0),
        mse_ratios_many=(0.7, 1.0),
        mse_classes_many=(2, 10),
        grid_steps=20,
        grid_epochs=1,
        patience=1,
        dropped_examples=100,
        dropped_classes=(2,),
        fit_replicates=1,
        fit_examples=100,
        fit_steps=10,
        fit_channels=(2, 3),
        fit_gru=(1,),
        fit_transformer=(4,),
        widths_2020=(10, 30),
        channels_2020=(4,),
        examples_2020=300,
        steps_2020=20,
    ),
    "quick": Config(
        replicates=6,
        widths=(8, 16, 27, 36, 50, 61, 80, 160),
        channels=(),
        epochs=120,  # a third as long at three times the rate: the peak is there too
        rate=0.03,
        test_examples=4000,
        grid_examples=(250, 1000),
        more_examples=(),
        grid_classes=(2, 10),
        controls=False,
        mse_ratios=(0.5, 1.42),
        mse_ratios_many=(0.5, 1.42),
        mse_classes_many=(2, 10),
        grid_steps=2000,
        patience=1,
        **NO_FITS,
        widths_2020=(),
    ),
    "full": Config(
        cnn_replicates=10,
        widths=(4, 7, 12, 16, 21, 27, 36, 47, 61, 80, 104, 300),
        clean_most=104,
        channels=(4, 10, 16, 18, 20, 24, 28, 35, 50, 100),
        more_examples=(),
        mse_classes_many=(2, 10),
        fit_replicates=6,
        widths_2020=(10, 30, 90, 150, 170, 190, 210, 230, 310, 430),
        channels_2020=(10, 20, 30, 33, 37, 40, 45, 55, 65),
    ),
    # Figure 5 of 2024, once: its three sweeps. The MLPs of one width, clean and noisy, are a stack.
    "paper": Config(
        replicates=1,
        cnn_replicates=1,
        grid_examples=(),
        more_examples=(),
        controls=False,
        **NO_FITS,
        widths_2020=(),
    ),
    # All sizes of that figure and the whole grid; about an hour and a half on two cores.
    "whole": Config(),
    # All of Figure 6 of 2020, about 20 minutes.
    "paper2020": Config(
        widths=(),
        channels=(),
        grid_examples=(),
        more_examples=(),
        **NO_FITS,
        channels_2020=published.CHANNELS_2020,
    ),
}
