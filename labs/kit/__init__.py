"""Paper and pencil of the labs: what every experiment needs and no experiment is about.

In reading order: `lab` (what a lab is), `table` and `claims` (how a sentence is judged), `seeds`,
`store` and `execute` (how networks are trained once and kept), `session` and `provenance` (one run,
from settings to verdicts, and where its results come from), `draw`, `bench`, `report`, and `cli`
with `settings`, `say` and `progress` (what is typed and what is printed). `names` and `files` serve
them all. Nothing here imports torch, a lab, or the data set.
"""
