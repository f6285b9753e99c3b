"""What is said of endpoints that come and go: once, however many turns find the same."""

from __future__ import annotations

from m3ds.stages.progress import say


class Notices:
    """Called with a role and a line of its pool, which begins with the endpoint's address."""

    def __init__(self) -> None:
        self._away: set[tuple[str, str]] = set()
        self._said: set[str] = set()

    def __call__(self, role: str, line: str) -> None:
        """Say the line, unless that role's endpoint is known to be away and this says so again."""
        url, _, words = line.partition(" ")
        if words == "is back":
            self._away.discard((role, url))
        elif (role, url) in self._away:
            return
        else:
            self._away.add((role, url))
        say(f"{role}: {line}")

    def once(self, line: str) -> None:
        """Say a line that nothing takes back."""
        if line not in self._said:
            self._said.add(line)
            say(line)
