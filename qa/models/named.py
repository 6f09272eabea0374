"""A chat model by its name, "provider:model", as LangChain makes it. Nothing is called yet."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from qa.errors import MissingExtraError, SettingsError
from qa.models import Limits
from qa.models.windows import WINDOW

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

# The providers that an extra of ours installs; the others' packages are named by LangChain.
EXTRAS = {"ollama": "ollama", "openai": "openai", "anthropic": "anthropic", "google_genai": "google"}


def named_model(name: str, limits: Limits, *, base_url: str = "") -> BaseChatModel:
    """The model called `name`. base_url: of a server that speaks the provider's protocol; "" takes the provider's own.

    Raises MissingExtraError where a package is missing, SettingsError where the name names no provider, and what the
    provider's package raises, for example where a key is missing.
    """
    provider, _, model = name.partition(":")
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise MissingExtraError(f"{name} needs a package: {_install(provider)}") from error
    try:
        made: BaseChatModel = init_chat_model(model, model_provider=provider, **_options(provider, limits, base_url))
        return made
    except ImportError as error:
        raise MissingExtraError(f"{name} needs a package: {_install(provider, str(error))}") from error
    except ValueError as error:
        if "model_provider" in str(error) or "provider=" in str(error):
            known = ", ".join(EXTRAS)
            raise SettingsError(
                f"`llm` cannot be {name!r}: {provider} is no provider. Known are {known}, ..."
            ) from error
        raise


def _options(provider: str, limits: Limits, base_url: str) -> dict[str, Any]:
    """What a provider's package is told: no tries of its own, since ours are; and to read as much as we send."""
    options: dict[str, Any] = {}
    if provider == "ollama" or base_url:
        options["temperature"] = 0  # some of the large models take no other than their own
    if provider == "ollama":
        # Without num_ctx, a server cuts what is sent at its own default and says nothing.
        options |= {"num_ctx": limits.window or WINDOW, "client_kwargs": {"timeout": limits.timeout}}
    else:
        options |= {"timeout": limits.timeout, "max_retries": 0}
    if base_url:
        options["base_url"] = base_url
    if provider == "openai":
        # It would swallow a cancellation; ours is the limit.
        options |= {"stream_chunk_timeout": None} | ({"stream_usage": True} if base_url else {})
        if base_url and "OPENAI_API_KEY" not in os.environ:
            options["api_key"] = "none"  # a server on one's own desk asks for none, the package does
    return options


def _install(provider: str, told: str = "") -> str:
    if provider in EXTRAS:
        return f'pip install "briefing-qa[{EXTRAS[provider]}]"'
    package = next((word for word in told.replace("`", " ").split() if word.startswith("langchain-")), "")
    return f"pip install langchain {package}".strip()
