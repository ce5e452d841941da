"""Modules: what is added to a frozen base (`labs.nn.base`) to adapt it, one idea per file."""
