"""Two Ray nodes on this machine, each with a cache of its own."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TRIES = 3
PORTS = ("metrics_agent_port", "metrics_export_port", "dashboard_agent_listen_port", "runtime_env_agent_port")
"""Given beforehand: a node that chooses them itself gives up when its helpers need over 15 seconds to start."""


@contextmanager
def two_nodes(folder: Path, cores: int = 1) -> Iterator[str]:
    """The address of a cluster of two nodes with `cores` each; it is gone when the block ends."""
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled", "RAY_DEDUP_LOGS": "0"}
    from ray.cluster_utils import Cluster

    cluster = Cluster()
    try:
        for name in ("first", "second"):
            _start(cluster, cores, folder / name)
        yield str(cluster.address)
    finally:
        cluster.shutdown()


def _start(cluster: Any, cores: int, cache: Path) -> None:
    for attempt in range(TRIES):
        try:
            cluster.add_node(
                num_cpus=cores,
                object_store_memory=80 * 1024 * 1024,
                include_dashboard=False,
                env_vars={"SUPERBILL_CLUSTER_CACHE": str(cache)},
                **dict(zip(PORTS, _free_ports(len(PORTS)), strict=True)),
            )
            return
        except Exception:  # Ray raises no narrower one for a node that was too slow to start
            if attempt == TRIES - 1:
                raise


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
