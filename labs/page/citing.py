"""How to cite this project and its source, and the one command that makes a lab's figures again."""

from collections.abc import Sequence

import mnist1d
from labs.kit.progress import duration
from labs.page.markup import table, tag, text
from labs.page.results import Shown

# as in CITATION.cff, which an installed package does not have; a test compares
TITLE = "MNIST-1D labs: a small-scale laboratory for the science of deep learning"
AUTHORS = "The MNIST-1D labs authors"
YEAR = 2026
PAPER = "Scaling Down Deep Learning with MNIST-1D"
PAPERS_AUTHORS = "Sam Greydanus and Dmitry Kobak"
PAPERS_YEAR = 2024
PROCEEDINGS = "Proceedings of the 41st International Conference on Machine Learning"
ARXIV = "2011.14439"


def bibtex() -> str:
    """Return both entries."""
    return f"""@software{{mnist1d_labs,
  title = {{{TITLE}}},
  author = {{{{{AUTHORS}}}}},
  version = {{{mnist1d.__version__}}},
  year = {{{YEAR}}}
}}

@inproceedings{{greydanus{PAPERS_YEAR}scaling,
  title = {{{PAPER}}},
  author = {{{PAPERS_AUTHORS}}},
  booktitle = {{{PROCEEDINGS}}},
  year = {{{PAPERS_YEAR}}},
  note = {{arXiv:{ARXIV}}}
}}"""


def section(results: Sequence[Shown]) -> str:
    """Return how to cite, and how to make each figure again."""
    return tag(
        "section",
        tag("h2", "How to cite, how to make it again"),
        tag(
            "p",
            text(
                f"{AUTHORS}. {TITLE}, version {mnist1d.__version__}, {YEAR}. Whoever uses the data "
            ),
            text(f"set cites its authors, too: {PAPERS_AUTHORS}. {PAPER}. {PROCEEDINGS}, "),
            text(f"{PAPERS_YEAR}, arXiv:{ARXIV}."),
        ),
        tag("pre", tag("code", text(bibtex()))),
        tag(
            "p",
            "One command trains a lab and draws all of its figures, on two cores and without a "
            "graphics card, in about the time that it took here:",
        ),
        table("Commands", ("lab", "command", "runs", "time here"), map(_row, results)),
        id="again",
    )


def _row(shown: Shown) -> list[str]:
    found = shown.found
    command = f"python -m labs run {shown.lab.name} --preset {found['preset']}"
    time = f"{duration(found['wall_seconds'])} with {found['jobs']} processes"
    name = tag("a", text(shown.name), href=f"#lab-{shown.lab.name}")
    return [name, tag("code", text(command)), f"{found['networks']:,}", text(time)]
