"""How the command line answers when it is called wrongly: a line of its own, as for all errors."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup


class Verbs(TyperGroup):
    """The group of all verbs."""

    def main(self, args: Sequence[str] | None = None, **more: Any) -> Any:  # type: ignore[override]
        """Run a verb, and exit with its code; errors of usage are said in a line."""
        sys.unraisablehook = _keep_ctrl_c
        try:
            code = super().main(args, **{**more, "standalone_mode": False})
        except typer.Abort:
            sys.exit(130)
        except Exception as error:
            # Newer versions of typer bring their own copies of click's classes.
            if not hasattr(error, "format_message"):
                raise
            _say(error)
            sys.exit(getattr(error, "exit_code", 2))
        sys.exit(code or 0)


def _keep_ctrl_c(unraisable: Any) -> None:
    """A Ctrl-C that came while Python threw something away, whose errors it only prints: again.

    A little later, since here it would be lost like the first.
    """
    if unraisable.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(unraisable)
        return
    again = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
    again.daemon = True
    again.start()


def _say(error: Any) -> None:
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return
    context = error.ctx
    hint = f" ({context.command_path} --help says what there is)" if context else ""
    typer.secho(f"m3ds: {_words(error)}{hint}", err=True, fg="red")


def _words(error: Any) -> str:
    """What is wrong; where a value was checked by pydantic, in the words of a recipe's errors."""
    parameter, cause = getattr(error, "param", None), error.__cause__
    if parameter is not None and hasattr(cause, "errors"):
        from m3ds.expected import expectation

        name = parameter.opts[-1] if parameter.opts else parameter.name
        return f"{name}: {expectation(cause.errors()[0])}"
    message: str = error.format_message()
    return (message[:1].lower() + message[1:]).removesuffix(".")
