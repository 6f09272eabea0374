"""The chat page: `build` lays it out over a binder, `serve` runs it on a port. Both load Gradio when called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qa.web.optional import gradio_module

if TYPE_CHECKING:
    import gradio

    from qa.binder import Binder

__all__ = ["build", "serve"]


def build(binder: Binder) -> gradio.Blocks:
    """The page over a binder. Raises MissingExtraError where Gradio is not installed."""
    gradio_module()
    from qa.web import page

    return page.build(binder)


def serve(binder: Binder, **options: Any) -> None:
    """Serves the page; see qa.web.serving.serve. Raises MissingExtraError where Gradio is not installed."""
    gradio_module()
    from qa.web import serving

    serving.serve(binder, **options)
