"""Merge the Docs that workers have packed into DocBin files."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from docsight.documents.analysis.shared_words import leave_shared_words
from docsight.documents.runner.plan import Plan
from docsight.documents.runner.shard_files import read_docs
from docsight.documents.store import Outputs, Store, docs_name, write_errors
from docsight.stored_results import stored_rows

if TYPE_CHECKING:
    from spacy.tokens import DocBin

MAX_TOKENS_PER_DOCBIN = 1_000_000  # a DocBin takes about 130 bytes of memory per token while it is built

_BYTES_PER_TOKEN = 100  # user data, such as corrections, counts as one token for this many bytes


def write_docs(
    store: Store, plan: Plan, docs: dict[str, list[int]], outputs: Outputs, *, shared: Collection[str] = ()
) -> None:
    """Write the Docs of a run to DocBin files.

    Args:
        store: The store of the run.
        plan: The shards that hold the Docs.
        docs: The numbers of the Docs to keep, by the name of the shard.
        outputs: Where they are written.
        shared: Unknown words that are not corrected, see `analysis.shared_words`.
    """
    shards = {ref.shard.name: ref.shard for refs in plan.refs.values() for ref in refs}

    def parts() -> Iterator[tuple[bytes, list[int]]]:
        for name, numbers in docs.items():  # in the order of the documents
            keep = set(numbers)
            for first, count, packed in read_docs(store.shards, shards[name]):
                yield packed, [number - first for number in range(first, first + count) if number in keep]

    def write(number: int, content: bytes) -> None:
        path = outputs.path(docs_name(number))
        with write_errors(str(path)):
            path.write_bytes(content)

    merge_docbins(parts(), write, revise=partial(_revise_corrections, shared=shared) if shared else None)


def merge_docbins(
    parts: Iterable[tuple[bytes, Sequence[int]]],
    write: Callable[[int, bytes], None],
    *,
    revise: Callable[[bytes], bytes] | None = None,
    max_tokens: int = MAX_TOKENS_PER_DOCBIN,
) -> int:
    """Merge packed Docs, in order, into as few DocBins as possible, and return the number of DocBins, at least 1.

    Only one part and one DocBin are in memory at a time.

    Args:
        parts: Packed Docs, and the indices of those to keep.
        write: Called with the index of a DocBin and its bytes.
        revise: Called with the packed user data of each Doc; returns what is written instead.
        max_tokens: The maximum size of a DocBin, unless a single Doc is larger.
    """
    from spacy.tokens import DocBin

    merged, room, number = DocBin(store_user_data=True), max_tokens, 0
    for packed, indices in parts:
        if not indices:
            continue
        part = DocBin(store_user_data=True).from_bytes(packed)
        merged.strings.update(part.strings)
        for index in indices:
            size = len(part.tokens[index]) + len(part.user_data[index] or b"") // _BYTES_PER_TOKEN
            if len(merged) and size > room:
                write(number, merged.to_bytes())
                merged, room, number = DocBin(store_user_data=True), max_tokens, number + 1
                merged.strings.update(part.strings)
            _append(merged, part, index)
            if revise is not None and (user_data := part.user_data[index]) is not None:
                merged.user_data[-1] = revise(user_data)
            room -= size
    write(number, merged.to_bytes())
    return number + 1


def _revise_corrections(content: bytes, shared: Collection[str]) -> bytes:
    """Return the packed user data of a Doc in which corrections of shared words are not applied."""
    import srsly

    user_data = srsly.msgpack_loads(content, use_list=False)  # as keys, lists would not be hashable
    revised = {
        key: rows
        for key, stored in stored_rows(user_data, "corrections")
        if (rows := leave_shared_words(stored, shared)) is not None
    }
    return srsly.msgpack_dumps(user_data | revised) if revised else content


def _append(merged: "DocBin", part: "DocBin", index: int) -> None:
    """Append one packed Doc; `DocBin.merge` can only append all of them."""
    merged.attrs = part.attrs
    # These arrays are views, which would keep the whole part in memory without a copy.
    merged.tokens.append(part.tokens[index].copy())
    merged.spaces.append(part.spaces[index].copy())
    merged.cats.append(part.cats[index])
    merged.flags.append(part.flags[index])
    merged.span_groups.append(part.span_groups[index])
    merged.user_data.append(part.user_data[index])
