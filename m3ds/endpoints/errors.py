"""What may go wrong between here and a model."""

from __future__ import annotations

from m3ds.errors import M3dsError


class RequestRefused(M3dsError):
    """The server will not answer this request, now or ever; `seen` has its own words."""


class EndpointMisconfigured(M3dsError):
    """The server answers, but not to us: no such model, no such path, no valid key."""


class Passing(Exception):
    """A failure that says nothing of the request: 429, 5xx, a timeout, a dropped connection."""


class Dropped(Passing):
    """The connection broke while the request was under way: the server may be gone."""


class Away(Passing):
    """No connection came about: the server has never seen this request."""


class Poisoned(M3dsError):
    """A request on which the engine dies whenever it works, even with nothing beside it."""
