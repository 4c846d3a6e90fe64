"""Which figures a command line means, and their files, drawn side by side in several processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from signal import SIG_DFL, SIGINT, signal
from typing import TYPE_CHECKING

from symlstm.figures.catalogue import EVERY, FIGURES, OF_NETWORKS
from symlstm.model.errors import InputError

if TYPE_CHECKING:
    from symlstm.figures.files import Files
    from symlstm.search.construction import Construction

SLOWEST = ("region", "error_by_scale", "error_by_length")  # drawn first, so that no process ends long after the others


@dataclass(frozen=True)
class Job:
    """One figure to draw, of a network or, with none, of its own proof script."""

    figure: str
    network: str = ""
    formats: tuple[str, ...] = ("svg",)
    data: tuple[str, ...] = ("csv",)

    @property
    def name(self) -> str:
        """Of its files, without ending."""
        return f"{Path(self.network).stem}-{self.figure}" if self.network else self.figure


@dataclass(frozen=True)
class Refused:
    """A figure that cannot be drawn, and why; `open` if nothing is certified that it could show."""

    name: str
    reason: str
    open: bool


def jobs(names: Sequence[str], formats: tuple[str, ...], data: tuple[str, ...]) -> list[Job]:
    """Figures by name, of the shipped proofs or of the networks named too; all that apply if no figure is named."""
    figures = [name for name in names if name in EVERY]
    networks = [name for name in names if name not in EVERY]
    for network in networks:
        check(network)
    alone = [name for name in figures if name in OF_NETWORKS and not networks]
    if alone:
        raise InputError(alone[0], "no network", "a network to draw it of", f"symlstm plot {alone[0]} FILE")
    if not networks:
        return [Job(name, "", formats, data) for name in figures or FIGURES]
    for name in figures:
        if not EVERY[name].any_network:
            raise of_its_own(name)
    wanted = figures or [name for name, entry in FIGURES.items() if entry.any_network]
    return [Job(name, network, formats, data) for network in networks for name in wanted]


def of_its_own(figure: str) -> InputError:
    """Why a figure cannot be drawn of a network."""
    others = ", ".join(name for name, entry in FIGURES.items() if entry.any_network)
    found = f"a network beside a figure of proofs/{FIGURES[figure].script}.py"
    return InputError(figure, found, f"for a network: {others}", f"symlstm plot {figure}")


def check(name: str) -> None:
    """Raises InputError for what is neither a figure nor a network."""
    from symlstm.cli.selection import WEIGHTS, did_you_mean, file_named, files_at, is_path, shipped

    place = name.partition(":")[0] if not Path(name).exists() else name
    if is_path(place):
        if Path(place).suffix not in WEIGHTS or not Path(place).with_suffix(".toml").is_file():
            files_at(place)
    elif file_named(place) is None:
        stems = [path.stem for path in shipped()]
        hint = did_you_mean(name, [*EVERY, *stems])
        raise InputError(name, "no figure or network of that name", f"one of {', '.join(EVERY)}, or a network", hint)


def drawn(wanted: Sequence[Job], started: Callable[[str], None]) -> Iterator[Files | Refused]:
    """The figures in the order wanted, by as many processes as there are processors."""
    processes = min(len(wanted), os.cpu_count() or 1)
    if processes < 2:
        for job in wanted:
            started(job.name)
            yield draw(job)
        return
    with ProcessPoolExecutor(processes, initializer=signal, initargs=(SIGINT, SIG_DFL)) as pool:  # interrupts end them
        first = sorted(wanted, key=lambda job: job.figure not in SLOWEST)
        running = {job: pool.submit(draw, job) for job in first}
        for job in wanted:
            started(job.name)
            yield running[job].result()


def draw(job: Job) -> Files | Refused:
    """One figure's files."""
    from symlstm.figures import shipped
    from symlstm.figures.catalogue import of_network, of_script
    from symlstm.figures.files import files_of
    from symlstm.kernel.theorem import RuleError, Unsupported
    from symlstm.search.saturation.exploration import Infinite

    try:
        if job.network:
            network = construction_of(job.network)
            drawing = of_network(job.figure, network, network.title or job.network)
        else:
            drawing = of_script(job.figure, shipped(FIGURES[job.figure].script))
    except (RuleError, Unsupported, Infinite, InputError) as reason:
        return Refused(job.name, str(reason), not isinstance(reason, InputError))
    return files_of(job.name, drawing, job.formats, job.data)


@lru_cache(maxsize=4)
def construction_of(network: str) -> Construction:
    """A network that the command line names, read once in a process."""
    from symlstm.cli.networks import construction

    return construction(network)
