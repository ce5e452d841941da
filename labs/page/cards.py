"""A lab's card: question, finding, figures, interval plots, tables, remarks, how it was made."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from labs.kit import outputs, references, texts
from labs.kit.lab import Remark, slots
from labs.kit.pages import LEFT_OUT
from labs.kit.progress import duration
from labs.kit.rounding import ends, number
from labs.page import pictures
from labs.page.markup import details, line, sentence, table, tag, text
from labs.page.results import Claim, Shown
from labs.page.verdicts import KEY, mark, plots, why

CLAIMS = ("claim", "sentence", "verdict", "ours", "95 %", "n", "published", "rule", "why", "source")


def overview(shown: Shown) -> str:
    """Return what came out of a lab: question, finding and first picture."""
    name = shown.lab.name
    more = tag("a", f"All about {text(name)}", href=f"#lab-{name}")
    counts = tag("span", text(f"{_counted(shown)} "))
    words = tag(
        "div",
        tag("h3", text(shown.lab.question)),
        tag("p", finding(shown), class_="finding"),
        tag("p", counts, more, class_="counts"),
    )
    return tag("article", words, *_figures(shown, pictures.SMALL, 1), class_="came-out")


def _counted(shown: Shown) -> str:
    """How many claims hold, those of the source apart."""
    families = texts.families(shown.claims)
    parts = [f"{title}: {texts.tally(group)}" for title, group in families.items()]
    said = "; ".join(parts)
    return f"{said[0].upper()}{said[1:]}."


def finding(shown: Shown) -> str:
    """Return the answer in two sentences; of a reference without it, how many claims hold."""
    said = shown.filled(shown.lab.finding) or text(f"{texts.tally(shown.claims)}.")
    return f"{said} {text(references.outdated(shown.lab, shown.found))}".rstrip()


def card(shown: Shown, more: Sequence[Shown]) -> str:
    """Return all about a lab; `more` are its references of longer training or wider networks."""
    lab = shown.lab
    return tag(
        "article",
        tag("p", text(lab.name), class_="kicker"),
        tag("h3", text(lab.question)),
        tag("p", finding(shown), class_="finding"),
        tag("p", text(f"Source: {lab.source}"), class_="source"),
        _about(shown),
        *_results(shown),
        *(part for each in more for part in _beside(each)),
        class_="card",
        id=f"lab-{lab.name}",
    )


def _about(shown: Shown) -> str:
    """Method, differences from the source, what is left out and limitations, where the lab says
    them."""
    method = shown.lab.method
    if method is None:
        return ""
    lists = {
        "Where it differs from the source": method.differences,
        LEFT_OUT: method.left_out,
        "Limitations": method.limitations,
    }
    parts = [
        tag("p", text(f"{title}:")) + tag("ul", *(tag("li", text(said)) for said in sentences))
        for title, sentences in lists.items()
        if sentences
    ]
    return details("Method and limitations", tag("p", text(method.text)), *parts)


def _beside(shown: Shown) -> list[str]:
    title = references.MORE[shown.found["preset"]]
    has = {claim["id"] for claim in shown.claims}
    said = shown.filled(shown.lab.finding) if has.issuperset(slots(shown.lab.finding)) else ""
    parts = [tag("h4", text(title[0].upper() + title[1:])), tag("p", said) if said else ""]
    return [*parts, *_results(shown)]


def _results(shown: Shown) -> list[str]:
    families = texts.families(shown.claims).items()
    return [
        *_figures(shown, pictures.WIDTH),
        *(_family(shown, title, group) for title, group in families),
        tag("p", text(texts.unplanned(shown.found.get("unplanned", [])))),
        _remarks(shown),
        _values(shown),
        details("How it was made", *_made(shown)),
    ]


def _figures(shown: Shown, width: int, most: int | None = None) -> list[str]:
    """The first `most` figures; of the small ones the commands are left to the large."""
    lab, found = shown.lab, shown.found
    stems = outputs.figure_stems(lab, Path(shown.name), shown.found["preset"])
    names = {str(path): name for name, path in stems.items()}
    drawn = []
    for stem, plain in [*references.captions(lab, found).items()][:most]:
        filled = shown.filled(lab.figures[names[stem]].caption) if plain else ""
        alt = plain or f"Figure of the lab {lab.name}: {lab.question}"
        image = pictures.picture(shown.folder / stem, width, alt)
        if image or not most:
            command = f"draw {lab.name}{_preset(shown)} --figure {names[stem]}"
            drawn.append(pictures.figure(image, filled, "" if most else _command(command)))
    return drawn


def _preset(shown: Shown) -> str:
    return f" --preset {shown.found['preset']}"


def _command(words: str) -> str:
    return " " + tag("code", text(f"python -m labs {words}"))


def _family(shown: Shown, title: str, group: Sequence[Claim]) -> str:
    name = f"Claims: {title}"
    summary = f"{text(name)} {tag('small', text(f'{len(group)}: {texts.tally(group)}'))}"
    first = group[0].get("family", "published") == "published"
    rows = details("The same numbers as a table", _claims(shown, f"{shown.name}: {name}", group))
    key = tag("p", text(KEY), class_="key")
    return details(summary, key, plots(shown, group), rows, open_=first, class_="family")


def _claims(shown: Shown, caption: str, group: Sequence[Claim]) -> str:
    rows = [
        line(
            [
                text(claim["id"]),
                sentence(claim["sentence"]),
                shown.chip(claim, mark(claim)),
                shown.ours(claim, texts.estimate(claim)),
                shown.ours(claim, ends(claim.get("low_95"), claim.get("high_95"))),
                text(claim["n"]),
                sentence(texts.published(claim)),
                sentence(claim["rule"]),
                shown.ours(claim, why(claim)) if why(claim) else "",
                sentence(claim["source"]),
            ]
        )
        for claim in group
    ]
    return table(caption, CLAIMS, rows, class_="sentences")


def _remarks(shown: Shown) -> str:
    found = [_remark(shown, remark) for remark in shown.remarks]
    return details(f"Remarks {tag('small', str(len(found)))}", *found) if found else ""


def _remark(shown: Shown, remark: Remark) -> str:
    cells = texts.remark_cells(remark)
    if not cells:
        return tag("p", sentence(remark.text))
    head, *rows = cells
    return table(remark.text, head, [[text(cell) for cell in row] for row in rows])


def _values(shown: Shown) -> str:
    values = {c["id"]: c["values"] for c in shown.claims if c.get("values")}
    if not values:
        return ""
    columns = sorted({replicate for held in values.values() for replicate in held}, key=int)
    rows = (
        [text(name), *(_value(held.get(replicate)) for replicate in columns)]
        for name, held in values.items()
    )
    caption = f"{shown.name}: the measure of every claim in every replicate"
    return details(
        "Values of every replicate", table(caption, ["claim", *columns], rows, class_="values")
    )


def _value(value: float | None) -> str:
    return text("-" if value is None else number(value))


def _made(shown: Shown) -> list[str]:
    found = shown.found
    rows = {
        "networks": f"{found['networks']:,}",
        "preset": found["preset"],
        "settings": _words(found["settings"]),
        "time": f"{duration(found['wall_seconds'])} with {found['jobs']} processes",
        "peak memory": f"{found['peak_memory_mb']:,.0f} MB, the sum over the processes",
        "device": ", ".join(filter(None, [found["device"], found.get("processor")])),
        "commit": found["commit"],
        "versions": ", ".join(f"{name} {version}" for name, version in found["versions"].items()),
    }
    terms = [tag("dt", text(n)) + tag("dd", text(words)) for n, words in rows.items()]
    again = _command(f"run {shown.lab.name}{_preset(shown)}")
    return [
        tag("dl", *terms),
        tag("p", f"Again:{again}, and{_command(f'verify {shown.lab.name}')} compares some of it."),
    ]


def _words(settings: Mapping[str, Any]) -> str:
    return "; ".join(f"{name}: {_setting(value)}" for name, value in settings.items())


def _setting(value: Any) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)
