"""Paper and pencil of the labs: what every experiment needs and no experiment is about.

In reading order: `lab` (what a lab is) with `settings` and `checks`; `table`, `measures`, `claims`,
`intervals`, `verdicts` and `power` (how a sentence is judged); `seeds`, `store` and `execute` (how
networks are trained once and kept) with `workers`, `cluster`, `parcel`, `machine` and `failure`
(where, and what may befall them there); `plan`, `provenance` and `digest` (one run, from settings
to verdicts, and where its results come from); `draw`, `bench`, `report` and `verify`; and `cli`
with `options`, `texts`, `progress`, `extras` and `template` (what is typed and what is printed).
`files` writes for them all. Nothing here imports torch, a lab, or the data set.
"""
