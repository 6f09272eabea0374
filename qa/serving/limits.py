"""How often somebody may do something."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Hashable
from ipaddress import IPv6Address, ip_address
from threading import Lock

_WINDOW = 60.0
# So many are remembered. Whoever would be one more takes the place of who did it least recently.
MOST = 10_000


class Rate:
    """So many times in any minute, each for himself. May be used from many threads.

    Who is known by an address of IPv6, alone or beside something else, is counted by his network (/64): whoever has one
    such address has all of its network, as many as he likes.
    """

    def __init__(self, per_minute: int) -> None:
        self._times: OrderedDict[Hashable, deque[float]] = OrderedDict()
        self._per_minute = per_minute
        self._lock = Lock()

    def wait(self, who: Hashable) -> float:
        """How many seconds `who` must still wait; 0.0 where he need not, and that is then counted as one time more."""
        now, who = time.monotonic(), _counted_as(who)
        with self._lock:
            times = self._times.setdefault(who, deque(maxlen=self._per_minute))
            if len(times) == self._per_minute and (left := times[0] + _WINDOW - now) > 0:
                return left
            times.append(now)
            self._times.move_to_end(who)
            if len(self._times) > MOST:
                self._times.popitem(last=False)
            return 0.0


def _counted_as(who: Hashable) -> Hashable:
    if isinstance(who, tuple):
        return tuple(map(_counted_as, who))
    try:
        address = ip_address(who) if isinstance(who, str) else None
    except ValueError:
        return who
    if not isinstance(address, IPv6Address):
        return who
    # How a socket for both kinds of addresses writes one of the older kind: all of them are one network.
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
