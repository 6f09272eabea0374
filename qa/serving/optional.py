"""What serves programs, an extra of this package."""

from __future__ import annotations

from importlib.util import find_spec

from qa.errors import MissingExtraError

# Has FastAPI tell nobody what it is asked, whatever the environment says of where to send that.
SILENT = dict.fromkeys(("tracing", "metrics", "logs", "operation_spans", "auto_configure"), False)
_NEEDED = ("fastapi", "fastapi_offline", "starlette", "uvicorn")


def check_serving() -> None:
    """Raises MissingExtraError where a package that `qa serve` needs is not installed."""
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise MissingExtraError(f'Serving programs needs {missing[0]}: pip install "briefing-qa[serve]"')
