"""Regression evals: gold questions, measures, runs, comparison and reports, over anybody's notes."""
