"""How fast the program is, what it takes, and how both grow: `python -m evals.benchmarks.speed`."""
