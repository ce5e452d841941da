"""Lab: do shared sub-policies reach goals that a flat learner does not?"""
