"""The models of the lab: stacked nets, one file per architecture, and their plain torch twins."""
