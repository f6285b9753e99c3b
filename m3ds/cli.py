"""The command line: one verb per stage. Whatever is heavy is imported inside the verbs."""

from __future__ import annotations

import atexit
import gc
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import m3ds.engine.collector  # noqa: F401 - before all that is imported for a verb
from m3ds.errors import M3dsError, cause
from m3ds.options import FULL, MINI, Archives, Json, Pipeline, Role, Samples, Sources, Workdir
from m3ds.stopping import stop_no_more, stopped_alike
from m3ds.usage import Verbs

if TYPE_CHECKING:
    from m3ds.stages.workplace import Options

# At the exit the collector would look through everything, for half a second after a large run.
atexit.register(gc.freeze)

app = typer.Typer(
    cls=Verbs,
    name="m3ds",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help=(
        "Rebuild **M3DS**, the medical diagnosis segmentation dataset, from its ten public "
        "sources.\n\n`m3ds build` does everything, in the order of the verbs below, and a second "
        "run does only what is new. Start with `m3ds build -p pipelines/mini.yaml`: it needs no "
        "download, no GPU and no account."
    ),
    epilog="Exit codes: 0 done, 1 too much was quarantined, a check failed or a machine lacks "
    "something, 2 bad usage or recipe, 3 waiting for people or for a model, 130 stopped by Ctrl-C.",
)

bench = typer.Typer(no_args_is_help=True, help="Measure what the checks are worth.")
app.add_typer(bench, name="bench")


@app.command()
def download(
    pipeline: Pipeline = MINI,
    workdir: Workdir = None,
    archives: Archives = None,
    source: Sources = None,
) -> None:
    """Have the archives in place and unpacked. `mini` draws synthetic ones."""
    _stage("download", _options(pipeline, workdir, archives, source))


@app.command()
def harmonize(pipeline: Pipeline = MINI, workdir: Workdir = None, source: Sources = None) -> None:
    """Make every image and mask uniform, measure them, and set aside what is broken."""
    _stage("harmonize", _options(pipeline, workdir, None, source))


@app.command()
def generate(pipeline: Pipeline = MINI, workdir: Workdir = None, source: Sources = None) -> None:
    """Let the author write, check each text against the measured facts, and write again."""
    _stage("generate", _options(pipeline, workdir, None, source))


@app.command()
def critique(pipeline: Pipeline = MINI, workdir: Workdir = None, source: Sources = None) -> None:
    """Let the critic model judge what the checks let through."""
    _stage("critique", _options(pipeline, workdir, None, source))


@app.command()
def reason(pipeline: Pipeline = MINI, workdir: Workdir = None, source: Sources = None) -> None:
    """Let author and critic work at the same time: `generate` and `critique` in one, as `build`."""
    _stage("reason", _options(pipeline, workdir, None, source))


@app.command()
def review(pipeline: Pipeline = MINI, workdir: Workdir = None) -> None:
    """Let people read what the recipe's policy asks for."""
    _stage("review", _options(pipeline, workdir, None, None))


@app.command()
def publish(pipeline: Pipeline = MINI, workdir: Workdir = None) -> None:
    """Write the accepted samples to the local `dataset/` folder."""
    _stage("publish", _options(pipeline, workdir, None, None))


@app.command()
def validate(pipeline: Pipeline = MINI, workdir: Workdir = None) -> None:
    """Check the dataset folder to its last pixel, and write the verdict to `gate.json`."""
    _stage("validate", _options(pipeline, workdir, None, None))


@app.command()
def report(pipeline: Pipeline = MINI, workdir: Workdir = None) -> None:
    """Write `report/index.html`: the funnel, the plots, and a gallery."""
    _stage("report", _options(pipeline, workdir, None, None))


@app.command()
def build(
    pipeline: Pipeline = MINI,
    workdir: Workdir = None,
    archives: Archives = None,
    source: Sources = None,
) -> None:
    """Run every stage in order; what is done already is skipped."""
    _stage("build", _options(pipeline, workdir, archives, source))


@app.command()
def serve(
    role: Annotated[Role, typer.Argument(help="Whose model.")],
    pipeline: Pipeline = FULL,
    model: Annotated[str | None, typer.Option(help="Which one, of several critics.")] = None,
    host: Annotated[str, typer.Option(help="Where it listens; 0.0.0.0 for others.")] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(
            help="Its port.  [default: serve.port of the recipe, that of its only server, or 8000]"
        ),
    ] = None,
    print_only: Annotated[
        bool, typer.Option("--print", help="Show the command, run none.")
    ] = False,
    workdir: Workdir = None,
) -> None:
    """Run the author's or critic's model server, with exactly the command that the recipe implies.

    Call it where vLLM is installed, which is an environment of its own (the extra `[serve]`), and
    name the address in the recipe: `servers: [http://host:8000/v1]`. Without `servers`,
    `m3ds build` starts and stops the same command by itself. Where the recipe names no revision,
    the one that the work folder has recorded is loaded, or else the newest.
    """
    with _errors():
        from m3ds.stages.serve import run
        from m3ds.stages.workplace import Options, Workplace

        place = Workplace(Options(pipeline, workdir))
        run(place, role.value, model, host, port, print_only=print_only)


@app.command()
def status(
    pipeline: Pipeline = MINI,
    workdir: Workdir = None,
    source: Sources = None,
    as_json: Json = False,
) -> None:
    """Show how many samples of each source are in which state, and what was set aside."""
    _show("status", _options(pipeline, workdir, None, source), as_json=as_json)


@app.command()
def plan(
    pipeline: Pipeline = MINI,
    workdir: Workdir = None,
    samples: Samples = 20,
    gpus: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="N", help="GPUs behind each endpoint.  [default: what the recipe says]"
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what the reasoning will take: calls, tokens, GPU-hours, wall time, disk.

    A few samples are really reasoned about first; what was asked for them is remembered.
    """
    with _errors():
        from m3ds.stages.plan import show
        from m3ds.stages.workplace import opened

        with opened(_options(pipeline, workdir, None, None), writes=True) as place:
            code = show(place, samples=samples, gpus=gpus, as_json=as_json)
        raise typer.Exit(code)


@app.command()
def calibrate(
    pipeline: Pipeline = MINI,
    workdir: Workdir = None,
    decisions: Annotated[
        Path | None,
        typer.Option(metavar="FILE.jsonl", help="What people decided, one text a line."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.yaml", help="Where the thresholds go.  [default: shown]"),
    ] = None,
    at_least: Annotated[
        int, typer.Option(min=1, metavar="N", help="Decided texts that are needed.")
    ] = 200,
    as_json: Json = False,
) -> None:
    """Hold critics against what people decided, and fit the thresholds that follow from it.

    A line of the decisions is an object with `sample_id`, `decision` (approve or reject), and
    `text_sha` where it is not about the current text.
    """
    with _errors():
        from m3ds.stages.calibrate import run
        from m3ds.stages.workplace import opened

        with opened(_options(pipeline, workdir, None, None), writes=False) as place:
            code = run(place, decisions, out, at_least=at_least, as_json=as_json)
        raise typer.Exit(code)


@app.command()
def explain(
    sample_id: Annotated[str, typer.Argument(metavar="SAMPLE_ID")],
    pipeline: Pipeline = MINI,
    workdir: Workdir = None,
    prompts: Annotated[
        bool, typer.Option("--prompts", help="With the messages that each attempt was sent.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Tell the whole life of one sample: files, facts, attempts, verdicts, split."""
    options = _options(pipeline, workdir, None, None)
    _show("explain", options, sample_id, as_json=as_json, prompts=prompts)


@app.command()
def doctor(pipeline: Pipeline = MINI, workdir: Workdir = None, as_json: Json = False) -> None:
    """Say what this machine can run of a recipe, and what is missing."""
    with _errors():
        from m3ds.stages.doctor import show

        raise typer.Exit(show(_options(pipeline, workdir, None, None), as_json=as_json))


@app.command()
def sources(as_json: Json = False) -> None:
    """List the ten sources: what they hold, where they come from, what their terms allow."""
    with _errors():
        from m3ds.stages.sources import show

        show(as_json=as_json)


@bench.command("checks")
def bench_checks(
    texts: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.jsonl",
            help="Texts with facts and planted errors, one a line.  [default: those shipped]",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Run the checks over texts with planted errors: recall per class, and false rejects.

    A line of FILE.jsonl is an object with `id`, `source`, `diagnosis`, `facts` and `steps` as the
    dataset has them, and `error`: null for a sound text, or what is wrong with it: side, quadrant,
    size, count, modality, label, shape, contrast, insertion, history, leak. What it leaves out
    (`modality`, `anatomy`, `label_options`, `laterality`) is as the source declares it. `--json`
    also names the texts that were missed and those refused wrongly.

    Of the texts that are shipped, the checks were mended by the `tuning` half; the `held_out` one
    was never read for that. Both have errors planted by hand, and once more by `mutate`, which
    flips a claim of a clean text.
    """
    with _errors():
        from m3ds.stages.bench import checks

        checks(texts, as_json=as_json)


def _options(
    pipeline: Path, workdir: Path | None, archives: Path | None, source: list[str] | None
) -> Options:
    from m3ds.stages.workplace import Options

    return Options(pipeline, workdir, archives, tuple(source or ()))


def _stage(name: str, options: Options) -> None:
    """Run one stage under the build lock, and exit with what it says."""
    with _errors():
        from m3ds.stages.build import run_stage
        from m3ds.stages.workplace import opened

        with opened(options, writes=True) as place:
            code = run_stage(name, place)
        raise typer.Exit(code)


def _show(verb: str, options: Options, *arguments: str, **how: bool) -> None:
    """Print what `m3ds.stages.<verb>` knows of a build; nothing is locked or changed."""
    with _errors():
        from m3ds.stages.workplace import opened

        with opened(options, writes=False) as place:
            import_module(f"m3ds.stages.{verb}").show(place, *arguments, **how)


@contextmanager
def _errors() -> Iterator[None]:
    """Errors that a user is meant to read, as such; Ctrl-C and its like as one line."""
    with stopped_alike() as signals, _told(signals):
        yield


@contextmanager
def _told(signals: list[int]) -> Iterator[None]:
    try:
        yield
    except M3dsError as error:
        typer.secho(f"m3ds: {error}", err=True, fg="red")
        raise typer.Exit(error.exit_code) from None
    except BrokenPipeError:  # `m3ds status | head`
        sys.exit(141)
    except OSError as error:  # a full disk, a folder that may not be written
        file = f"{error.filename}: " if error.filename else ""
        typer.secho(f"m3ds: {file}{cause(error)}", err=True, fg="red")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        stop_no_more()
        again = shlex.join(["m3ds", *sys.argv[1:]])
        typer.secho(f"m3ds: stopped; what was finished is kept (go on with: {again})", err=True)
        sys.exit(128 + (signals[0] if signals else signal.SIGINT))
