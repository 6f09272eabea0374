"""The chat page: `build` lays it out over a binder, `serve` runs it on a port."""

from qa.web.page import build
from qa.web.serving import serve

__all__ = ["build", "serve"]
