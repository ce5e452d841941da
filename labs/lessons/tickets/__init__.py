"""Do winning tickets exist here? The week's lesson on pruning and the lottery ticket."""
