"""The shards that the merge reads, of which few are open at a time."""

from collections.abc import Iterator

from docsight.documents.problem import Problem
from docsight.documents.runner.plan import ShardRef
from docsight.documents.runner.shard_files import DocumentLine, ShardReader
from docsight.documents.store import Store

_MAX_OPEN_SHARDS = 16


class ShardReaderPool:
    """Keeps a few shards open: neighbouring files are usually in the same shard."""

    def __init__(self, store: Store) -> None:
        self._folder = store.shards
        self._open: dict[str, ShardReader] = {}  # least recently used first

    def lines(self, ref: ShardRef) -> Iterator[DocumentLine | Problem]:
        """Yield the documents and the problems of a file, in order.

        Raises:
            DamagedError: The shard cannot be read.
        """
        name = ref.shard.name
        reader = self._open.pop(name, None) or ShardReader(self._folder, ref.shard)
        if len(self._open) >= _MAX_OPEN_SHARDS:
            self._open.pop(next(iter(self._open))).close()
        self._open[name] = reader
        yield from reader.lines(ref.number)

    def close(self) -> None:
        for reader in self._open.values():
            reader.close()
