"""The commands. Heavy libraries are imported inside the commands that need them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lnnstats import __version__
from lnnstats.errors import Incomplete, LnnstatsError

if TYPE_CHECKING:
    from lnnstats.pipeline import Concluded

STUDY = click.argument("study", type=click.Path(path_type=Path))
RUN = click.argument("run", type=click.Path(path_type=Path))
SET = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="PATH=VALUE",
    help="Set a field of the study, e.g. blocks.number=10. Repeatable.",
)
OUT = click.option("--out", type=click.Path(path_type=Path), help="Folder to write to.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


class Commands(click.Group):
    """Commands whose broken promises end in one clear message and an exit code: 1 failed, 2 bad input, 3 incomplete."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LnnstatsError as error:
            click.echo(str(error), err=True)
            sys.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("interrupted: what was finished is kept, the same command goes on", err=True)
            sys.exit(Incomplete.exit_code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lnnstats")
def main() -> None:
    """Claims about linear networks, put to the test: a study file in; verdicts, a report, and a way to check both out.

    \b
    lnnstats init my_study.yaml          write a commented study to start from
    lnnstats check my_study.yaml         what it resolves to, costs, and gets wrong
    lnnstats run my_study.yaml           train, test, judge, report
    lnnstats verify runs/my_study-...    check a run, yours or a stranger's
    lnnstats synthesize my_thesis.yaml   set the runs of several studies side by side
    """


@main.command()
@STUDY
@OUT
@SET
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or cuda:N.")
@click.option("--workers", default=0, type=click.IntRange(min=0), help="Processes that train chunks; 0 chooses.")
@JSON
def run(study: Path, out: Path | None, overrides: tuple[str, ...], device: str, workers: int, as_json: bool) -> None:
    """Train a study's design, test its hypotheses, render its report. The same command resumes or repeats it."""
    from lnnstats.study.load import load, source

    loaded, text = load(study, overrides), source(study, overrides)
    _training(loaded, study)
    from lnnstats.pipeline import run as run_study
    from lnnstats.terminal import Terminal

    _conclude(run_study(loaded, study.stem, text, out, device, workers, Terminal()), as_json)


@main.command()
@STUDY
@SET
@JSON
def check(study: Path, overrides: tuple[str, ...], as_json: bool) -> None:
    """Print a study fully resolved: cells, runs, predicted time and memory, and warnings about its design."""
    from lnnstats.overview import overview, overview_json
    from lnnstats.study.load import load

    loaded = load(study, overrides)
    click.echo(json.dumps(overview_json(loaded), indent=1) if as_json else overview(loaded))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def init(file: Path) -> None:
    """Write a commented study to start from."""
    from importlib.resources import files

    from lnnstats.errors import BadInput, Problem
    from lnnstats.results.store import disk_errors, write_text

    if file.exists():
        raise BadInput(Problem(path=str(file), message="is there already", hint="choose another name"))
    with disk_errors(file.parent):
        write_text(file, files("lnnstats.study").joinpath("starter.yaml").read_text(encoding="utf-8"))
    click.echo(f"{file} is written; next: lnnstats check {file}")


@main.command()
def schema() -> None:
    """Print the JSON Schema of study files (editors complete and mark a study with it)."""
    from lnnstats.study.schema import schema as json_schema

    click.echo(json.dumps(json_schema(), indent=1))


@main.command("list")
@click.argument("what", default="parts")
def list_(what: str) -> None:
    """List the parts a study can name: all, or one family (data, networks, procedures, claims ...)."""
    from lnnstats.overview import listing

    click.echo(listing(what))


@main.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option(
    "--plan", required=True, type=click.Path(path_type=Path), help="A study file; its factors' paths are column names."
)
@OUT
@SET
@click.option(
    "--correlation",
    type=click.FloatRange(-1, 1),
    help="Of published pairs of levels over the same blocks, where the table gives none.",
)
@JSON
def analyze(
    table: Path, plan: Path, out: Path | None, overrides: tuple[str, ...], correlation: float | None, as_json: bool
) -> None:
    """Test the hypotheses of a plan on your own TABLE (csv, tsv, parquet, jsonl): of runs, long or wide, or of
    published means, standard deviations and numbers of runs.
    """
    from lnnstats.study.load import load

    study = load(plan, overrides)
    from lnnstats.pipeline import analyse_table
    from lnnstats.terminal import Terminal

    folder = out or Path(f"{table.stem}-analysis")
    _conclude(analyse_table(table, study, folder, correlation, Terminal()), as_json)


@main.command()
@RUN
@JSON
def report(run: Path, as_json: bool) -> None:
    """Analyse and render a finished run again."""
    from lnnstats.pipeline import render
    from lnnstats.terminal import Terminal

    _conclude(render(run, Terminal()), as_json)


@main.command()
@click.argument("synthesis", type=click.Path(path_type=Path))
@click.option(
    "--runs",
    type=click.Path(path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Folder that holds the runs of its studies.",
)
@OUT
@JSON
def synthesize(synthesis: Path, runs: Path, out: Path | None, as_json: bool) -> None:
    """Set finished runs of several studies side by side: the claims of a thesis, the map of its scope, what decides."""
    from lnnstats.pipeline import synthesize as put_together
    from lnnstats.terminal import Terminal, show_synthesis

    folder = out or Path(f"{synthesis.stem}-synthesis")
    show_synthesis(folder, *put_together(synthesis, runs, folder, Terminal()), as_json)


@main.command()
@RUN
@click.argument("file", type=click.Path(path_type=Path))
def export(run: Path, file: Path) -> None:
    """Write a run's results as one table (csv, tsv, parquet, jsonl)."""
    from lnnstats.results.foreign import write_table
    from lnnstats.results.store import disk_errors, read_results

    table = read_results(run)
    with disk_errors(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_table(table, file)
    click.echo(f"{table.num_rows:,} rows written to {file}")


@main.command()
@RUN
@click.option("--runs", default=3, show_default=True, type=click.IntRange(min=0), help="Runs to train again.")
@click.option("--nonce", default="", help="Decides which runs; drawn by this machine unless given.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or cuda:N.")
@JSON
def verify(run: Path, runs: int, nonce: str, device: str, as_json: bool) -> None:
    """Check a run: its hashes, its conclusions recomputed from its rows, some of its runs trained again and checked
    against NumPy.
    """
    import secrets

    from lnnstats.terminal import show_audit
    from lnnstats.verify.audit import audit

    result = audit(run, runs, nonce or secrets.token_hex(8), device)
    show_audit(result, as_json)
    sys.exit(0 if result.ok else 1)


@main.group()
def data() -> None:
    """Images that studies are trained on: fetch them, or see which copy this machine has."""


DATASET = click.argument("dataset", type=click.Choice(["cifar10"]), default="cifar10")


@data.command()
@DATASET
@click.option("--to", type=click.Path(path_type=Path), help="Folder to put it in; this user's cache by default.")
@click.option("--url", help="Another address of the same archive.")
@JSON
def get(dataset: str, to: Path | None, url: str | None, as_json: bool) -> None:
    """Download a data set, check it, unpack it. The same command goes on where it was cut off."""
    from lnnstats.datasets import get as get_images
    from lnnstats.terminal import Terminal, show_data

    show_data(get_images(to, url, watch=Terminal("downloading", "downloaded")), as_json)


@data.command()
@DATASET
@JSON
def show(dataset: str, as_json: bool) -> None:
    """Print where a data set is found, its fingerprint, and whether it is the official copy."""
    from lnnstats.datasets import show as held
    from lnnstats.terminal import show_data

    show_data(held(), as_json)


def _training(study: Any, path: Path) -> None:
    from lnnstats.errors import BadInput, Problem

    if not study.trains:
        hint = "a plan for a table goes with `lnnstats analyze TABLE --plan PLAN`"
        raise BadInput(
            Problem(path="data", message="the study names no data and no network to train", file=str(path), hint=hint)
        )


def _conclude(concluded: Concluded, as_json: bool) -> None:
    from lnnstats.terminal import show_verdicts

    show_verdicts(concluded, as_json)
