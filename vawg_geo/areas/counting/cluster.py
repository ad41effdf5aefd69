"""The same work on a cluster: each worker reads its pieces and sends back what they come to."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from vawg_geo.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["run_on_cluster"]


def run_on_cluster(
    job: Callable[[Any, Any], Any], shared: Any, pieces: Sequence[Any], scheduler: str
) -> Iterator[Any]:
    """Do a job for every piece on a `dask.distributed` cluster.

    Parameters
    ----------
    job : callable
        Called with `shared` and a piece.
    shared : object
        Sent to every worker once.
    pieces : sequence
    scheduler : str
        Address, ``tcp://host:port``.

    Yields
    ------
    object
        What the job gives, in whatever order it comes.

    Raises
    ------
    ConfigurationError
        dask is not installed, or the scheduler does not answer.
    """
    try:
        # Untyped, as far as a type checker can see.
        distributed: Any = import_module("distributed")
    except ImportError as error:
        msg = 'a cluster needs dask: install "vawg-geo[cluster]", or leave --scheduler out.'
        raise ConfigurationError(msg) from error
    try:
        client = distributed.Client(scheduler, timeout=20, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        msg = f"no scheduler answers at {scheduler!r}. Check the address, tcp://host:port."
        raise ConfigurationError(msg) from error
    with client:
        if not client.scheduler_info()["workers"]:
            msg = f"the scheduler at {scheduler!r} has 0 workers. Start some."
            raise ConfigurationError(msg)
        everywhere = client.scatter(shared, broadcast=True, hash=False)
        futures = [client.submit(job, everywhere, piece, pure=False) for piece in pieces]
        # with_results: a result is fetched here, and not through whichever client is the default.
        for _, result in distributed.as_completed(futures, with_results=True, loop=client.loop):
            yield result
