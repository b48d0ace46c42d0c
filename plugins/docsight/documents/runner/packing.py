"""Pack annotated Docs as a DocBin, in the process that made them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from docsight.errors import ConfigError

if TYPE_CHECKING:
    from spacy.tokens import Doc


def pack(docs: Iterable["Doc"]) -> bytes:
    """Pack Docs as a DocBin with all annotations and user data, but without the bytes of their images.

    The Docs are not changed. The result does not depend on their vocabulary, so this may be called in a memory zone.

    Raises:
        ConfigError: A component left something in `doc.user_data` that cannot be serialized.
    """
    from spacy.tokens import DocBin

    packed = DocBin(store_user_data=False)
    for doc in docs:
        packed.add(doc)
        packed.user_data.append(_dump(_user_data(doc)))
    packed.store_user_data = True
    return packed.to_bytes()


def _user_data(doc: "Doc") -> dict[Any, Any]:
    """Return the user data without the bytes of images."""
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
        packed: bytes = srsly.msgpack_dumps(user_data)
    except (TypeError, ValueError, OverflowError) as err:
        culprit = next((key for key, value in user_data.items() if not _is_plain({key: value})), None)
        raise ConfigError(
            f"cannot write .spacy files: doc.user_data[{culprit!r}] cannot be serialized ({err}); expected only "
            "strings, numbers, lists, dicts and bytes. Leave out the component that sets it, or that format."
        ) from err
    return packed


def _is_plain(value: dict[Any, Any]) -> bool:
    import srsly

    try:
        srsly.msgpack_dumps(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return True
