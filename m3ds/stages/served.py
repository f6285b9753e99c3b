"""Which model a server says that it serves, held against the recipe's."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from collections.abc import Sequence

from m3ds.endpoints.served import Served, address_hint, listed
from m3ds.errors import ModelUnavailable
from m3ds.recipe import ModelPart, OpenaiAuthor, OpenaiCritic

_WAIT_S = 5


def served_at(url: str, part: ModelPart) -> tuple[Served, ...]:
    """What `/models` below `url` lists; nothing if it does not say.

    Raises:
        ModelUnavailable: nobody answers, or not as a model server does.
    """
    request = urllib.request.Request(f"{url.rstrip('/')}/models")  # noqa: S310 - the recipe's address
    if isinstance(part, OpenaiAuthor | OpenaiCritic) and (key := os.environ.get(part.api_key_env)):
        request.add_header("Authorization", f"Bearer {key}")
    try:
        with urllib.request.urlopen(request, timeout=_WAIT_S) as answer:  # noqa: S310
            return listed(answer.read())
    except urllib.error.HTTPError as error:
        if error.code in {401, 403}:
            return ()  # it is there, and asks for a key
        todo = f"mend the address{address_hint(url)}"
        raise ModelUnavailable(f"answers {error.code}", todo=todo) from None
    except OSError:
        raise ModelUnavailable("does not answer", todo="start the server") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        return ()


def differs(served: Sequence[Served], role: str, part: ModelPart) -> str | None:
    """What is served and what was expected, if that is not the same; None where nothing is known.

    A server that `m3ds serve` started is called after its role, and names its model as the root.
    """
    names = [one.name for one in served]
    if not served:
        return None
    if part.served_name is not None:
        if part.served_name in names:
            return None
        return f"serves {_quoted(names)}, and the recipe's served_name is {part.served_name!r}"
    first = served[0]  # the one that is asked
    if first.name == part.model or (first.name == role and first.root in {"", part.model}):
        return None
    of = f" (of {first.root!r})" if first.root not in {"", first.name} else ""
    return f"serves {_quoted(names[:1])}{of}, and the recipe's model is {part.model!r}"


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))
