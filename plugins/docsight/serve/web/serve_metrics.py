"""The metrics of a server, for Prometheus."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.process_collector import ProcessCollector

METRICS_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 30.72)
_SIZES = (1, 2, 4, 8, 16, 32, 64)


class ServeMetrics:
    """Counts requests, and reads gauges when they are asked for. Every server has its own registry."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "docsight_requests", "Requests", ("route", "method", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "docsight_request_seconds", "Seconds of a request", ("route",), buckets=_SECONDS, registry=self._registry
        )
        self._batches = Histogram(
            "docsight_batch_texts", "Texts in a batch of the models", buckets=_SIZES, registry=self._registry
        )

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def count_batch(self, size: int) -> None:
        self._batches.observe(size)

    def add_gauge(self, name: str, description: str, read: Callable[[], float]) -> None:
        Gauge(f"docsight_{name}", description, registry=self._registry).set_function(read)

    def page(self) -> bytes:
        """Return the metrics in the text format of Prometheus."""
        return generate_latest(self._registry)
