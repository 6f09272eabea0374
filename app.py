"""Starts the chat over the notes of this folder: `python app.py`. The page itself is in qa/web."""

from __future__ import annotations

import sys

from qa.cli import main

if __name__ == "__main__":
    sys.exit(main(["chat", *sys.argv[1:]]))
