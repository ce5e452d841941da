"""Paper and pencil of the labs: what every experiment needs and no experiment is about.

In reading order: `lab` (what a lab is) with `method`, `settings`, `checks` and `elsewhere` (labs of
other people); `table`, `measures`, `claims`, `intervals`, `verdicts`, `undecided` and `power` (how
a sentence is judged) with `published` (numbers that no sentence is about); `seeds`, `store` and
`execute` (how networks are trained once and kept) with `workers`, `cluster`, `parcel`, `machine`
and `failure` (where, and what may befall them there) and `memory` (in how many processes); `plan`,
`runs`, `sessions`, `provenance` and `digest` (one run, from settings to verdicts, and where its
results come from) with `outputs` (what is made of them) and `owner` (whose they are); `draw`,
`bench`, `race` with `sides` (against another library), `report` with `markdown`, `index` (with
`agreement`), `pages` and `deviations`, `references`, `verify` and `places` (where the references
lie); `cli` with `commands`, `benches`, `paper`, `options`, `texts`, `progress`, `console`,
`extras`, `listing` and `template` (what is typed and what is printed); and `api`, the same from
Python. `files` writes for them all. Nothing here imports torch, a lab, or the data set.
"""
