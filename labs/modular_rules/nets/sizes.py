"""Widths that make the models of one comparison about equally large, from the published formulas.

They equate the weights of the parts that differ between a monolithic and a modular network and
leave smaller parts out (biases, routers), so "matched" is loose: count with
`Net.parameter_count`. All divisions round down, as the published code's do.
"""

from math import isqrt

from labs.kit.checks import check_sizes


def module_units(width: int, rules: int) -> int:
    """Hidden units of one of R modules that share a layer of `width`, D // R.

    Raises:
        ValueError: a size below 1, more rules than units.

    >>> [module_units(128, rules) for rules in (2, 8, 32)]
    [64, 16, 4]
    """
    check_sizes(width=width, rules=rules)
    if rules > width:
        raise ValueError(f"width must be at least rules = {rules}, got {width}")
    return width // rules


def head_features(width: int, rules: int) -> int:
    """Features of one of 2 R heads that share an attention of `width`, A // (2 R).

    Raises:
        ValueError: a size below 1, fewer than one feature per head.
    """
    check_sizes(width=width, rules=rules)
    if 2 * rules > width:
        raise ValueError(f"width must be at least 2 rules = {2 * rules}, got {width}")
    return width // (2 * rules)


def attention_units(encoder: int, width: int, rules: int) -> int:
    """Hidden units I of one module after the attention, for tokens of D features and an attention
    of A: 2 D (2 R (A + D) + A) / (R (3 A + 2 R D)).

    Raises:
        ValueError: a size below 1, sizes that leave no unit.

    >>> [attention_units(32, 128, rules) for rules in (2, 4, 8, 32)]
    [48, 35, 24, 8]
    """
    check_sizes(encoder=encoder, width=width, rules=rules)
    monolithic = 2 * encoder * (2 * rules * (width + encoder) + width)
    units = monolithic // (rules * (3 * width + 2 * rules * encoder))
    if units < 1:
        raise ValueError(f"rules must leave a module at least one unit, got {rules}")
    return units


def matched_state(encoder: int, width: int, rules: int) -> int:
    """State width h of R recurrent modules as large as an LSTM of H units on E inputs: the root of
    (4 R + 1) h^2 + (4 R E + 1) h = 5 H^2 + (4 E + 1) H.

    Raises:
        ValueError: a size below 1, sizes that leave no unit.

    >>> [matched_state(32, 128, rules) for rules in (2, 8, 32)]
    [91, 41, 15]
    """
    check_sizes(encoder=encoder, width=width, rules=rules)
    a, b = 4 * rules + 1, 4 * rules * encoder + 1
    monolithic = 5 * width**2 + (4 * encoder + 1) * width
    state = (isqrt(b * b + 4 * a * monolithic) - b) // (2 * a)
    if state < 1:
        raise ValueError(f"rules must leave the state at least one unit, got {rules}")
    return state


def state_width(encoder: int, width: int, modules: int | None, state: int | None = None) -> int:
    """State width of the RNN: `state` where it is given; else `width` for a monolithic network
    (`modules` None) and the matched one for R modules.

    Raises:
        ValueError: a size below 1, sizes that leave no unit.
    """
    if state is not None:
        check_sizes(state=state)
        return state
    check_sizes(width=width)
    return width if modules is None else matched_state(encoder, width, modules)


def wide_router(published: int, rules: int) -> int:
    """Hidden units of a router from rules to modules that is no bottleneck.

    R rectified units represent every table of R rules by R modules; four times as many let training
    find it. `published` is the width of the published router at two rules, where it is widest: the
    wide one is never narrower.

    Raises:
        ValueError: a size below 1.

    >>> [wide_router(32, rules) for rules in (2, 8, 16)]
    [32, 32, 64]
    """
    check_sizes(published=published, rules=rules)
    return max(published, 4 * rules)
