"""The OpenAPI page, `/docs`: Swagger UI from the files of a package, nothing from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

PATH, DESCRIPTION = "/docs", "/openapi.json"
_FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon.png": "image/png",
}
# What needs no token: the same for all binders.
PUBLIC = frozenset({PATH, DESCRIPTION, *(f"{PATH}/{name}" for name in _FILES)})
# It lays out with styles of its own, and asks this server alone.
_POLICY = (
    "default-src 'none'; script-src 'self' {script}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def add_page(app: FastAPI) -> None:
    """Adds the page to `app`, and the files that it loads."""
    page = get_swagger_ui_html(
        openapi_url=DESCRIPTION,
        title=app.title,
        swagger_js_url=f"{PATH}/swagger-ui-bundle.js",
        swagger_css_url=f"{PATH}/swagger-ui.css",
        swagger_favicon_url=f"{PATH}/favicon.png",
        swagger_ui_parameters={"tryItOutEnabled": True, "defaultModelsExpandDepth": 0},
    )
    html = bytes(page.body).decode().strip()
    script = html.rpartition("<script>")[2].partition("</script>")[0]
    policy = _POLICY.format(script=f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'")
    folder = files("fastapi_offline") / "static"

    async def docs(_: Request) -> Response:
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})

    async def file(request: Request) -> Response:
        name = request.url.path.rpartition("/")[2]
        return FileResponse(str(folder / name), media_type=_FILES[name])

    app.add_route(PATH, docs, include_in_schema=False)
    for name in _FILES:
        app.add_route(f"{PATH}/{name}", file, include_in_schema=False)
