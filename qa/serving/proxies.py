"""What reverse proxies say of a request: believed of those that the settings name, struck out from all others."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.types import Scope

_SAID_BY_PROXIES = (b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto")
# Headers from which the page would take its own address, or where it is mounted; no proxy of ours needs them.
_NEVER = (b"x-gradio-server", b"x-forwarded-prefix", b"x-forwarded-port", b"forwarded")


class Proxies:
    """The proxies at some addresses or networks. header: in which they name who asks, in small letters; "" for none."""

    def __init__(self, networks: Sequence[str], header: str = "") -> None:
        self._networks = [ip_network(network) for network in networks]
        self._header = header.encode("ascii")

    def believed(self, scope: Scope) -> Scope:
        """The request as it is to be taken: its client and scheme are those that a proxy tells.

        Where it comes from no proxy of ours, no header in it says anything of a proxy's.
        """
        peer = scope["client"][0] if scope.get("client") else ""
        struck = _NEVER if self._ours(peer) else (*_NEVER, *_SAID_BY_PROXIES, self._header)
        headers = [(name, value) for name, value in scope["headers"] if name not in struck]
        client, scheme = peer, scope["scheme"]
        if self._ours(peer):
            told = [part.strip() for value in _values(headers, b"x-forwarded-for") for part in value.split(",")]
            # Each proxy adds whom it was asked by at the end; what stands before may be the client's own invention.
            # Where the last is no address, nobody knows who asks but that this proxy does.
            asking = _address(next((one for one in reversed(told) if not self._ours(one)), peer))
            client = str(asking or peer)
            if _values(headers, b"x-forwarded-proto")[-1:] == ["https"]:
                scheme = "https"
        return {**scope, "headers": headers, "client": (client, 0), "scheme": scheme}

    def named(self, scope: Scope) -> str | None:
        """The user whom a proxy names in a request that `believed` gave; None where none or more than one is named."""
        names = _values(scope["headers"], self._header)
        return names[0] if len(names) == 1 and 0 < len(names[0]) <= 256 and names[0].isprintable() else None

    def _ours(self, text: str) -> bool:
        address = _address(text)
        return address is not None and any(address in network for network in self._networks)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.partition("%")[0])  # after it any text may stand: the name of a network card
    except ValueError:
        return None
    # How a socket for both kinds of addresses writes one of the older kind.
    return getattr(address, "ipv4_mapped", None) or address


def _values(headers: Sequence[tuple[bytes, bytes]], name: bytes) -> list[str]:
    return [value.decode("utf-8", "replace").strip() for key, value in headers if key == name]
