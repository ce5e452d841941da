"""Where claims come from and why their thresholds are where they are, in words."""

ARTICLE = "Pfeiffer et al. 2023, "
TABLE = "Pfeiffer et al. 2023, table of computation functions, column "
PREDICTED = "prediction made beforehand, in this lab's specification"
COMPUTED = "computed from the base's sizes before the run"
RULE = "this lab's specification, rules of the harness"
BEFOREHAND = "that is a prediction made beforehand, no published value"
EXACT = "that leaves room for rounding alone; a check of the code"
