"""Gradio, an extra of this package, imported where the page is made."""

from __future__ import annotations

import os
from typing import Any

from qa.errors import MissingExtraError


def gradio_module() -> Any:
    """Gradio. Raises MissingExtraError where it is not installed."""
    # Read by Gradio when it is imported; without it, it asks a server for its newest version.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    try:
        import gradio
    except ImportError as error:
        raise MissingExtraError('The chat page needs Gradio: pip install "briefing-qa[chat]"') from error
    return gradio
