"""Gradio, an extra of this package, imported where the page is made."""

from __future__ import annotations

import os
from typing import Any

from qa.errors import MissingExtraError

# What Gradio does unless it is told otherwise. It reads the first when it is imported and the others when a page is
# made: it asks a server for its newest version; and after each event it makes a table of the last 10,000 of them, for a
# monitoring page that is not served here (4 ms of each answer, and 20 ms once there were so many).
_UNASKED = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(2**62),
}


def gradio_module() -> Any:
    """Gradio. Raises MissingExtraError where it is not installed."""
    for name, value in _UNASKED.items():
        os.environ.setdefault(name, value)
    try:
        import gradio
    except ImportError as error:
        raise MissingExtraError('The chat page needs Gradio: pip install "briefing-qa[chat]"') from error
    return gradio
