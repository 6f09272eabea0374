"""The binder over HTTP: its own routes, and OpenAI's."""
