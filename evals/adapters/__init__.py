"""Public data sets and other tools' predictions, brought into the shapes of this harness. Data is read from a path,
never shipped.
"""
