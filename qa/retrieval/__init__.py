"""From a question to hits: query.py reads the question, search.py finds passages, scoring.py scores their sentences."""
