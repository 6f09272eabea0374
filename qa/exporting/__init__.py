"""A conversation to be kept outside the program: as Markdown to be read, and as a receipt to be checked later."""

from __future__ import annotations

from qa.exporting.receipts import Receipt, read_receipt, receipt, receipt_from_json
from qa.exporting.written import markdown

__all__ = ["Receipt", "markdown", "read_receipt", "receipt", "receipt_from_json"]
