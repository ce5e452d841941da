"""The explorer of the page: a digit through its stages, and a slider for every knob of `Recipe`
that changes a signal.

`static/signal.js` is `mnist1d.pipeline` once more, in the reader's browser; ranges and defaults
come from `mnist1d.recipe`. Without scripts the section shows a published signal of every digit.
"""

from typing import Any, NamedTuple

from labs.data.mnist1d import published
from labs.page.markup import details, tag, text
from mnist1d.recipe import REAL, WHOLE, Recipe
from mnist1d.templates import STROKES

TITLE = "Try the data"
TELL = (
    "A signal is a digit of twelve points that is stretched, moved, tilted and made noisy. Here "
    "stands every step on its way, and a slider for every knob. Guess first: which one knob, "
    "turned up, makes digits hardest to tell apart?"
)
STATIC = (
    "With scripts, one signal would stand here at every stage, beside sliders that change it and "
    "a measure of how hard the digits become; without, these are ten published signals, 0 to 9, "
    "each drawn from top to bottom."
)

ADDRESS = (
    "The address of this page holds all settings: send it to somebody. With &hide=shear,seed at "
    "its end those controls are gone, for a lesson about the others."
)


class Knob(NamedTuple):
    """A slider: its name in `Recipe`, words and unit, the highest value offered, and its step."""

    name: str
    label: str
    unit: str
    high: float
    step: float


CANVAS, RAW = "points of the canvas", "standard deviation; a digit has 0.17"
KNOBS = (
    Knob("template_len", "Length of the template", CANVAS, 60, 1),
    Knob("padding_low", "Padding, at least", "points", 96, 1),
    Knob("padding_high", "Padding, at most", "points", 96, 1),
    Knob("scale_coeff", "Spread of heights", "share of the height", 1.95, 0.05),
    Knob("max_translation", "Places to start", CANVAS, 96, 1),
    Knob("corr_noise_scale", "Smooth noise in the padding", RAW, 2, 0.05),
    Knob("iid_noise_scale", "White noise everywhere", RAW, 0.5, 0.01),
    Knob("shear_scale", "Spread of slopes", "height over the canvas", 4, 0.05),
    Knob("final_seq_length", "Length of the signal", "points", 120, 1),
)
SHUFFLE = "shuffle_seq"
SEED = "seed"
RANGE = (2.0, 8.0)  # of the pen, for a digit of one's own


def data() -> dict[str, Any]:
    """Return what the scripts need.

    ``strokes`` (10 x 12) are the pen's places of the ten digits, ``knobs`` name, bounds, step and
    default of every slider, ``seed`` is the published one, ``pen`` the ends of a drawn point.
    """
    knobs = [
        {"name": knob.name, "low": low(knob), "high": high(knob), "step": knob.step}
        | {"default": default(knob)}
        for knob in KNOBS
    ]
    strokes = [list(row) for row in STROKES]
    return {"strokes": strokes, "knobs": knobs, "seed": Recipe.seed, "pen": RANGE}


def low(knob: Knob) -> float:
    """Return the lowest value that `Recipe` takes."""
    return _legal(knob)[0]


def high(knob: Knob) -> float:
    """Return the highest value of a slider, which `Recipe` takes, too."""
    return min(_legal(knob)[1], knob.high)


def _legal(knob: Knob) -> tuple[float, float]:
    if knob.name.startswith("padding"):
        return 0, knob.high  # the scripts keep the lower one below the other
    return (WHOLE | REAL)[knob.name]


def default(knob: Knob) -> float:
    """Return the published value of a slider."""
    ends = dict(zip(("padding_low", "padding_high"), Recipe.padding, strict=True))
    value: float = ends[knob.name] if knob.name in ends else getattr(Recipe, knob.name)
    return value


def section() -> str:
    """Return the explorer as HTML: what is there without scripts, and what they bring to life."""
    return tag(
        "section",
        tag("h2", text(TITLE)),
        tag("div", tag("p", text(STATIC)), _published(), class_="static"),
        tag("p", text(TELL), class_="needs-script", hidden=True),
        tag("div", _side(), _views(), class_="bench needs-script", hidden=True),
        id="explorer",
    )


def _published() -> str:
    x, y = published(0).test
    first = [x[y == digit][0] for digit in range(10)]
    lines = [
        tag("polyline", points=_points(signal, 60 * k), class_="of-digit")
        + tag("text", str(k), x=60 * k + 30, y=134, class_="name")
        for k, signal in enumerate(first)
    ]
    label = "Ten published signals, one of each digit"
    inside = "".join(lines)
    return tag("svg", inside, viewBox="0 0 600 140", role="img", aria_label=label, class_="ten")


def _points(signal: Any, left: float) -> str:
    places = [(left + 30 + 6 * float(v), 4 + 110 * k / 39) for k, v in enumerate(signal)]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _side() -> str:
    preview = tag("div", class_="preview", id="explorer-preview", aria_hidden="true")
    return tag("div", preview, _controls())


def _controls() -> str:
    return tag(
        "form",
        tag("fieldset", tag("legend", "Digit"), _digits(), class_="digits-of", data_knob="digit"),
        _recipe_chooser(),
        *map(_slider, KNOBS),
        _check(SHUFFLE, "Shuffle the positions", "one order for all signals"),
        _seed(),
        _buttons(published="Published recipe", reset="Reset all"),
        class_="controls",
        id="explorer-controls",
        aria_label="Recipe",
    )


def _digits() -> str:
    choices = [(str(digit), str(digit)) for digit in range(10)] + [("own", "yours")]
    return "".join(_radio("digit", *choice, checked=choice[0] == "3") for choice in choices)


def _radio(name: str, value: str, words: str, checked: bool) -> str:
    chosen = tag("input", type="radio", name=name, value=value, checked=checked)
    return tag("label", chosen, tag("span", text(words)))


def _recipe_chooser() -> str:
    radios = "".join(
        _radio("edit", name, f"Recipe {name.upper()}", checked=name == "a") for name in "ab"
    )
    chooser = tag("fieldset", tag("legend", "The sliders change"), radios, class_="edit")
    compare = _check("compare", "Compare with a second recipe", "side by side")
    return compare + chooser.replace("<fieldset", "<fieldset hidden", 1)


def _check(name: str, words: str, unit: str) -> str:
    box = tag("input", type="checkbox", name=name)
    label = tag("label", box, " ", text(words), " ", tag("small", text(unit)))
    return tag("div", label, class_="knob", data_knob=name)


def _slider(knob: Knob) -> str:
    name = f"explorer-{knob.name}"
    slider = tag(
        "input",
        type="range",
        id=name,
        name=knob.name,
        min=low(knob),
        max=high(knob),
        step=knob.step,
        value=default(knob),
    )
    label = tag("label", text(knob.label), " ", tag("small", text(knob.unit)), for_=name)
    value = tag("output", str(default(knob)), for_=name)
    return tag("div", label, value, slider, class_="knob", data_knob=knob.name)


def _seed() -> str:
    name, (first, last) = "explorer-seed", WHOLE[SEED]
    note = "of this page's draws; Python's are others of the same law"
    label = tag("label", "Seed ", tag("small", text(note)), for_=name)
    box = tag(
        "input", type="number", id=name, name=SEED, min=first, max=last, step=1, value=Recipe.seed
    )
    return tag("div", label, box, _buttons(another="Another"), class_="knob seed", data_knob=SEED)


def _buttons(**words: str) -> str:
    buttons = [
        tag("button", text(each), type="button", data_do=name) for name, each in words.items()
    ]
    return tag("p", *buttons, class_="buttons")


def _views() -> str:
    return tag("div", _stages(), _difficulty(), _samples(), _own(), _python(), class_="views")


def _stages() -> str:
    return tag(
        "div",
        tag("h3", "One signal, stage by stage"),
        tag(
            "p",
            tag("span", "digit", class_="of-digit"),
            ", ",
            tag("span", "padding", class_="of-padding"),
            ", ",
            tag("span", "the stage before", class_="of-before"),
            "; the signal runs to the right, its positions run down.",
            class_="key",
        ),
        tag("div", class_="panels", id="explorer-stages"),
        details("Every stage as numbers", tag("div", id="explorer-numbers")),
    )


def _difficulty() -> str:
    said = "of 500 fresh signals have their nearest neighbour, among 500 others, in their own digit"
    return tag(
        "div",
        tag("h3", "How hard it is"),
        tag(
            "div",
            tag("p", tag("output", class_="level", id="explorer-level"), " ", text(said), ". "),
            tag("div", id="explorer-trail"),
            class_="level-box",
        ),
        tag("p", role="status", class_="heard", id="explorer-heard"),
        tag(
            "p",
            "A guess is right in 10 %. All draws of chance stay the same while a slider moves, so "
            "what changes is the knob's doing.",
            class_="key",
        ),
        details("The last ten settings as a table", tag("div", id="explorer-tried")),
        details("Guessed? Each knob alone, doubled", tag("div", id="explorer-doubled")),
    )


def _samples() -> str:
    return tag(
        "div",
        tag("h3", "Ten digits, three signals each"),
        tag("div", class_="pair", id="explorer-samples"),
        details("These signals as numbers", tag("div", id="explorer-sample-numbers")),
    )


def _own() -> str:
    first, last = RANGE
    points = [
        tag(
            "input",
            type="range",
            min=first,
            max=last,
            step=0.25,
            value=5,
            aria_label=f"Point {k} of 12, from the top",
            tabindex=None if k == 1 else -1,
        )
        for k in range(1, 13)
    ]
    tell = (
        "Drag through the field from top to bottom, or move a point with the left and right arrow "
        "keys and go to the next with the down key."
    )
    return tag(
        "div",
        tag("h3", "A digit of your own"),
        tag("p", text(tell), class_="key"),
        tag(
            "div",
            tag("div", *points, class_="pad", id="explorer-pad", role="group", aria_label="Pen"),
            tag(
                "div",
                _buttons(begin="Begin with the digit shown", send="Send mine through"),
                tag("p", role="status", id="explorer-read"),
            ),
            class_="own",
        ),
        data_knob="own",
    )


def _python() -> str:
    name = "explorer-python"
    return tag(
        "div",
        tag("h3", "Take it with you"),
        tag(
            "p",
            tag("label", "This recipe in Python", for_=name),
            tag("input", type="text", id=name, readonly=True, value="Recipe()", spellcheck="false"),
            class_="python",
        ),
        _buttons(copy="Copy as Python", log="Save what I tried (JSON)"),
        tag("p", role="status", id="explorer-said"),
        tag("p", text(ADDRESS), class_="key"),
    )
