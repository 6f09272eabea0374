"""Plausible briefing notes in any number, for measuring how the program grows."""
