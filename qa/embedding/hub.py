"""Models by name: a folder, or a name on the Hugging Face hub, asked for once and without waiting."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from qa.errors import EmbeddingError, MissingExtraError

_HUB_SECONDS = 5.0
Model = TypeVar("Model")


def load_named(name: str, what: str, setting: str, organisation: str, make: Callable[[str, bool], Model]) -> Model:
    """What `make` makes of a model's place and whether it is on this machine.

    name: a folder, or a name on the hub, "organisation/model" (or "model", of `organisation`). what, setting: how
    errors call the model and the setting that named it. Raises EmbeddingError, MissingExtraError.
    """
    folder = Path(name).expanduser()
    on_disk = folder.is_dir()
    try:
        local = on_disk or _is_cached_or_on_hub(name, what, setting, organisation)
        _quieten()
        return make(str(folder) if on_disk else name, local)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"The {what} {name} needs a package that is not installed: {error.name}.\n"
            "Run `pip install sentence-transformers`."
        ) from error
    except EmbeddingError:
        raise
    except Exception as error:  # whatever a model's files make three libraries raise
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise EmbeddingError(f"The {what} {name} cannot be loaded: {reason}") from error


def _is_cached_or_on_hub(name: str, what: str, setting: str, organisation: str) -> bool:
    """True where the hub's cache holds the model, False where the hub has it; else raises EmbeddingError.

    Asked beforehand, since the libraries try each of a model's files six times: over a minute without a network.
    """
    from huggingface_hub import HfApi, try_to_load_from_cache

    repository = name if "/" in name else f"{organisation}/{name}"
    home = os.environ.get("SENTENCE_TRANSFORMERS_HOME")
    try:
        if isinstance(try_to_load_from_cache(repository, "config.json", cache_dir=home), str):
            return True
        HfApi().model_info(repository, timeout=_HUB_SECONDS)
    except Exception as error:  # no network, offline mode, no such model, no valid name: one answer serves all
        raise EmbeddingError(
            f"There is no {what} {name}: it is no folder here, and the Hugging Face hub did not give it.\n"
            f"Set `{setting}` (QA_{setting.upper()}) to the folder of a model, or leave it out for the default."
        ) from error
    return False


def _quieten() -> None:
    from transformers.utils import logging as transformers_logging

    logging: Any = transformers_logging  # its functions have no types
    logging.set_verbosity_error()
    logging.disable_progress_bar()
