"""The same work on a Ray cluster: one engine a worker, the index copied once a node, a lost worker's inputs done again."""

import logging
import os
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assistant.batch.parcel import Depot, Parcel, arrive, pack
from assistant.batch.work import Chunk, Do, Job, Record, lost, worker
from assistant.errors import InputError
from assistant.services import Services
from assistant.settings import Settings

CACHE = "SUPERBILL_CLUSTER_CACHE"
"""Names the folder of a node that holds copied indexes, else the platform's user cache."""
SHARE = 0.5
"""Of a core that a worker asks the cluster for, so that the workers of a lost node find room on those that are left."""
RETRIES = 2


class Cluster:
    """Workers on a Ray cluster of which this machine is a node. `address` is host:port, `auto`, or `local` for one made here."""

    def __init__(self, job: Job, settings: Settings, address: str, count: int | None = None) -> None:
        ray = _connected(address)
        self._ray = ray
        cores = int(ray.cluster_resources().get("CPU", 1))
        self.count = count or max(1, cores)
        parcel = pack(settings.home)
        here = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(
            ray.get_runtime_context().get_node_id(), soft=False
        )
        self._depot = ray.remote(num_cpus=0, scheduling_strategy=here)(Depot).remote(parcel)
        made = ray.remote(num_cpus=SHARE, max_restarts=-1, max_task_retries=RETRIES, scheduling_strategy="SPREAD")
        self._workers = [
            made(_Worker).remote(job, settings, parcel, self._depot, version("superbill")) for _ in range(self.count)
        ]
        self._load = [0] * self.count
        self._under_way: dict[Any, tuple[Chunk, int]] = {}

    def submit(self, chunk: Chunk) -> None:
        """Give a chunk to the worker with the least to do."""
        place = self._load.index(min(self._load))
        self._load[place] += 1
        self._under_way[self._workers[place].work.remote(chunk.items)] = (chunk, place)

    def finished(self) -> tuple[int, list[list[Record]]]:
        """Some finished chunk; raises InputError when a node cannot work at all."""
        done, _ = self._ray.wait(list(self._under_way), num_returns=1)
        chunk, place = self._under_way.pop(done[0])
        self._load[place] -= 1
        try:
            return chunk.number, self._ray.get(done[0])
        except self._ray.exceptions.RayActorError:
            return chunk.number, [self._alone(item) for item in chunk.items]
        except self._ray.exceptions.RayTaskError as error:
            raise InputError(f"a worker of the cluster could not work: {error.cause}") from None

    def close(self) -> None:
        """Leave the cluster; its workers go with this connection."""
        self._ray.shutdown()

    def _alone(self, item: Any) -> list[Record]:
        place = self._load.index(min(self._load))
        try:
            answer: list[list[Record]] = self._ray.get(self._workers[place].work.remote((item,)))
        except self._ray.exceptions.RayActorError:
            return lost(item)
        return answer[0]


class _Worker:
    """One engine on a node; it opens at the first chunk, so that a failure is told where somebody waits."""

    def __init__(self, job: Job, settings: Settings, parcel: Parcel, depot: Any, sender: str) -> None:
        self._given = (job, settings, parcel, depot, sender)
        self._do: Do | None = None

    def work(self, items: tuple[Any, ...]) -> list[list[Record]]:
        if self._do is None:
            self._do = self._opened()
        return [self._do(item) for item in items]

    def _opened(self) -> Do:
        import ray

        job, settings, parcel, depot, sender = self._given
        if (ours := version("superbill")) != sender:
            raise InputError(f"this node has Superbill {ours}, the sender {sender}; install the same on both")
        home = arrive(
            parcel,
            _cache(),
            lambda name, start: ray.get(depot.read.remote(name, start)),
            lambda name: ray.get(depot.digest.remote(name)),
        )
        # the store stays where it is, so no node knows earlier decisions and all nodes answer alike
        return worker(job, Services.open(replace(settings, home=home, precedents=False), quiet=True))


def _cache() -> Path:
    if named := os.environ.get(CACHE):
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("superbill", appauthor=False)


def _connected(address: str) -> Any:
    if address.startswith("ray://"):
        raise InputError(f"{address}: name the cluster's own address (host:port) and run on one of its nodes")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
        import ray.util.scheduling_strategies
    except ImportError as error:
        raise InputError("Ray is not installed; install Superbill with its extra `cluster`") from error
    try:
        ray.init(
            address=None if address == "local" else address,
            log_to_driver=False,
            logging_level=logging.ERROR,
            configure_logging=False,
            include_dashboard=False if address == "local" else None,
        )
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise InputError(f"no Ray cluster answers at {address}; start one with `ray start --head`") from error
    return ray
