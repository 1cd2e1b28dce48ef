"""What a suite is made of: each part knows its cases, how to ask a tool, and how to score.

Outcomes are JSON objects: the run file holds them as they are, and `compare` scores them again from there.
"""
