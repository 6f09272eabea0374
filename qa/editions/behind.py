"""The notes of which another edition is asked for, worked out as they are asked about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping


class Behind(Mapping[str, tuple[str, ...]]):
    """Each note that is behind, with those of its chain that are asked for instead; a note without any is not in it.

    A search asks about the notes that it found, which are few beside those of a large binder.
    """

    def __init__(
        self,
        chains: Mapping[str, tuple[str, ...]],
        left: Callable[[tuple[str, ...]], set[str]],
        within: Collection[str] | None = None,
    ) -> None:
        """chains: of each note that is in one. left: the notes of a chain that are behind. within: the notes that are
        searched, None for all."""
        self._chains = chains
        self._left = left
        self._within = within
        self._found: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = {}

    def __getitem__(self, note: str) -> tuple[str, ...]:
        return self._of(self._chains[note])[note]

    def __iter__(self) -> Iterator[str]:
        return (note for note, chain in self._chains.items() if note in self._of(chain))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _of(self, chain: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        if chain not in self._found:
            behind = self._left(chain)
            within = self._within
            ahead = tuple(one for one in chain if one not in behind and (within is None or one in within))
            self._found[chain] = dict.fromkeys(behind, ahead) if ahead else {}
        return self._found[chain]
