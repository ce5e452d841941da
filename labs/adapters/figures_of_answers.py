"""What a module buys, whether it goes as the survey's signs, and what it costs: by the claims."""

from typing import TYPE_CHECKING

from labs.adapters.figures_of_gaps import ROW_COLORS
from labs.adapters.figures_of_sizes import sizes
from labs.adapters.gaps import numbers_of_examples
from labs.adapters.published import COLUMNS, PRODUCTS
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import NOTE, forest
from labs.kit.layout import mosaic
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
PICKED = {"best": "best members", "median": "medians", "once": "best that train once"}
COLUMN_COLORS = dict(zip(COLUMNS, (BLUE, RED, GREEN, PINK), strict=True))
VERDICTS = "dots are replicates"  # of figures of claims alone


def answer(table: Table, verdicts: VerdictsById) -> "Figure":
    """The share of the gap closed over the share of parameters, and which kind of module leads."""
    figure, axes = mosaic("AB;AC", width=12.4, height=6.6)
    sizes(axes[0], table, max(numbers_of_examples(table), default=0))
    _leads(axes[1], verdicts)
    rows = {"best cheap module": "C2-best", "LoRA, all six maps": "C2-lora-all"}
    colors = [BLACK, ROW_COLORS["parameter"], ROW_COLORS["function"]]
    forest(axes[2], {**rows, "adapter": "C2-adapter"}, verdicts, color=colors)
    axes[2].axvline(1, color=draw.GREY, linewidth=1)
    axes[2].set(
        title="Third best domain (claimed: 0.8)",
        xlabel="Share of the gap closed",
    )
    _small(axes[1:])
    bars = "bars at the left are 95 % t intervals"
    draw.note(figure, table, NOTE, intervals=bars)
    return figure


def _leads(ax: "Axes", verdicts: VerdictsById) -> None:
    pairs = (("function", "parameter"), ("parameter", "input"))
    rows = {
        f"{one} less {other},\n{words}": f"C7-{one}-{pick}"
        for one, other in pairs
        for pick, words in PICKED.items()
    }
    forest(ax, rows, verdicts, color=[ROW_COLORS[one] for one, _ in pairs for _ in PICKED])
    ax.axvline(0, color=draw.GREY, linewidth=1)
    ax.set(title="Which kind leads?", xlabel="Difference of shares of the gap closed")


def _small(axes: "list[Axes]") -> None:
    for ax in axes:
        ax.tick_params(axis="y", labelsize=9)


def order(table: Table, verdicts: VerdictsById) -> "Figure":
    """Whether the survey's signs go with the measured order of its rows."""
    figure, axes = draw.figure(2, width=6.2, height=4.4)
    names = {"parameters": "parameter efficiency", "training": "training efficiency",
             "inference": "inference efficiency", "performance": "performance"}  # fmt: skip
    picks = ("best", "median")
    rows = {
        f"{names[column]},\n{PICKED[pick]}": f"T-{column}-{pick}"
        for column in COLUMNS
        for pick in picks
    }
    colors = [COLUMN_COLORS[column] for column in COLUMNS for _ in picks]
    forest(axes[0], rows, verdicts, color=colors)
    axes[0].set(title="Signs and measured order", xlabel="Kendall's tau (tick: the signs' own)")
    rows = {"input against\nparameter": "C4-input", "parameter against\nfunction": "C4-parameter"}
    forest(axes[1], rows, verdicts, color=[ROW_COLORS["input"], ROW_COLORS["parameter"]])
    axes[1].set(title="Parameters for 80 % of the gap")
    axes[1].set(xlabel="Ratio of shares (octaves; below 0: fewer)")
    for ax in axes:
        ax.axvline(0, color=draw.GREY, linewidth=1)
    _small(axes)
    draw.note(figure, table, NOTE, intervals=VERDICTS)
    return figure


def costs(table: Table, verdicts: VerdictsById) -> "Figure":
    """What a training step, a signal and a whole training cost."""
    figure, axes = draw.figure(3, width=4.6, height=4.2)
    parameter, given, function = (ROW_COLORS[row] for row in ("parameter", "input", "function"))
    rows = {"LoRA,\nall six": "C2-step-lora", "adapter": "C2-step-adapter"}
    forest(axes[0], rows, verdicts, color=[parameter, function])
    axes[0].set(title="A training step", xlabel="Products, of full fine-tuning's")
    rows = {"parameter\ncomposition": "C6-parameter", "(IA)³": "C6-ia3"}
    named = {"prompt-20": "prompt\nP = 20", "prompt": "prompt\nP = 5", "prefix": "prefix\nP = 5"}
    rows |= {named.get(name, name): f"C6-{name}" for name in PRODUCTS}
    colors = [parameter, function, *(function if n == "adapter" else given for n in PRODUCTS)]
    forest(axes[1], rows, verdicts, color=colors)
    axes[1].set(title="A signal, when used", xlabel="Products, of the base's")
    rows = {"LT-SFT over\nLoRA": "C5-lt-sft", "diff pruning\nover LoRA": "C5-diff"}
    rows |= {"prompt over\nall others": "C5-prompt", "adapter over\nfastest other": "C5-adapter"}
    forest(axes[2], rows, verdicts, color=[parameter, parameter, given, function])
    axes[2].axvline(0, color=draw.GREY, linewidth=1)
    axes[2].set(title="Until 95 % of last accuracy", xlabel="Ratio of costs (octaves)")
    _small(axes)
    draw.note(figure, table, NOTE, intervals=VERDICTS)
    return figure
