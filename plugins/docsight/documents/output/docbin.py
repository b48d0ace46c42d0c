"""Annotated Docs as spaCy's own files: packed where they are made, joined where the outputs are written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from docsight.errors import ConfigError

if TYPE_CHECKING:
    from spacy.tokens import Doc, DocBin

MAX_TOKENS = 1_000_000  # of a file; each takes about 130 bytes of memory while it is put together

_BYTES_PER_TOKEN = 100  # what is stored beside the tokens, such as corrections, counts as so many more of them


def pack(docs: Iterable["Doc"]) -> bytes:
    """Pack Docs as a DocBin with all annotations and user data, but without the bytes of their pictures.

    The Docs stay as they are, and nothing of what is returned needs their vocabulary: it may be called in a memory
    zone.

    Raises:
        ConfigError: A component of another package left something in `doc.user_data` that no file can hold.
    """
    from spacy.tokens import DocBin

    packed = DocBin(store_user_data=False)
    for doc in docs:
        packed.add(doc)
        packed.user_data.append(_dump(_user_data(doc)))
    packed.store_user_data = True
    return packed.to_bytes()


def merge(
    parts: Iterable[tuple[bytes, Sequence[int]]],
    write: Callable[[int, bytes], None],
    *,
    max_tokens: int = MAX_TOKENS,
) -> int:
    """Join packed Docs into as few DocBins as hold them, in order, and return how many these are: at least one.

    One part and one DocBin are in memory at a time.

    Args:
        parts: What `pack` gave, and the places of the Docs to keep in it, from 0.
        write: Called with the number of a DocBin, from 0, and its bytes.
        max_tokens: A DocBin has no more, unless a single Doc does.
    """
    from spacy.tokens import DocBin

    joined, room, number = DocBin(store_user_data=True), max_tokens, 0
    for part, places in _unpacked(parts):
        joined.strings.update(part.strings)
        for place in places:
            size = len(part.tokens[place]) + len(part.user_data[place] or b"") // _BYTES_PER_TOKEN
            if len(joined) and size > room:
                write(number, joined.to_bytes())
                joined, room, number = DocBin(store_user_data=True), max_tokens, number + 1
                joined.strings.update(part.strings)
            _take(joined, part, place)
            room -= size
    write(number, joined.to_bytes())
    return number + 1


def _unpacked(parts: Iterable[tuple[bytes, Sequence[int]]]) -> Iterator[tuple["DocBin", Sequence[int]]]:
    from spacy.tokens import DocBin

    for packed, places in parts:
        if places:
            yield DocBin(store_user_data=True).from_bytes(packed), places


def _take(joined: "DocBin", part: "DocBin", place: int) -> None:
    """Add one packed Doc: `DocBin.merge` knows only all of them."""
    joined.attrs = part.attrs
    # A copy, as what is unpacked is a view that would keep the whole part in memory.
    joined.tokens.append(part.tokens[place].copy())
    joined.spaces.append(part.spaces[place].copy())
    joined.cats.append(part.cats[place])
    joined.flags.append(part.flags[place])
    joined.span_groups.append(part.span_groups[place])
    joined.user_data.append(part.user_data[place])


def _user_data(doc: "Doc") -> dict[Any, Any]:
    """Copy the user data, of its pictures all but the bytes."""
    from docsight.attributes import read_images

    images = read_images(doc)
    if not images:
        return doc.user_data
    light = [
        {key: value for key, value in image.items() if key != "bytes"} if isinstance(image, dict) else image
        for image in images
    ]
    return {key: light if value is images else value for key, value in doc.user_data.items()}


def _dump(user_data: dict[Any, Any]) -> bytes:
    import srsly

    try:
        return srsly.msgpack_dumps(user_data)
    except (TypeError, ValueError, OverflowError) as err:
        culprit = next((key for key, value in user_data.items() if not _is_plain({key: value})), None)
        raise ConfigError(
            f"cannot write .spacy files: doc.user_data[{culprit!r}] holds what they cannot ({err}); expected only "
            "strings, numbers, lists, dicts and bytes. Leave out the component that sets it, or that format."
        ) from err


def _is_plain(value: dict[Any, Any]) -> bool:
    import srsly

    try:
        srsly.msgpack_dumps(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return True
