"""Which layer holds the digit when no label was used?"""
