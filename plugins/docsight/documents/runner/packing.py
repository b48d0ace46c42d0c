"""Pack annotated Docs in DocBins, in the process that made them."""

from typing import TYPE_CHECKING, Any

from docsight.errors import ConfigError

if TYPE_CHECKING:
    from spacy.tokens import Doc, DocBin


def add_doc(packed: "DocBin", doc: "Doc") -> None:
    """Add a Doc with all annotations and user data, but without the bytes of its images.

    The Doc is not changed. The result does not depend on its vocabulary, so this may be called in a memory zone.

    Args:
        packed: A DocBin made with `store_user_data=False`, to be set to True when all Docs have been added.
        doc: The Doc.

    Raises:
        ConfigError: A component left something in `doc.user_data` that cannot be serialized.
    """
    import srsly

    from docsight.attributes import read_images

    user_data: dict[Any, Any] = doc.user_data
    if images := read_images(doc):
        light = [
            {key: value for key, value in image.items() if key != "bytes"} if isinstance(image, dict) else image
            for image in images
        ]
        user_data = {key: light if value is images else value for key, value in user_data.items()}
    try:
        content = srsly.msgpack_dumps(user_data)
    except (TypeError, ValueError, OverflowError) as err:
        culprit = next((key for key, value in user_data.items() if not _is_serializable({key: value})), None)
        raise ConfigError(
            f"cannot write .spacy files: doc.user_data[{culprit!r}] cannot be serialized ({err}); expected only "
            "strings, numbers, lists, dicts and bytes. Leave out the component that sets it, or that format."
        ) from err
    packed.add(doc)
    packed.user_data.append(content)


def _is_serializable(value: dict[Any, Any]) -> bool:
    import srsly

    try:
        srsly.msgpack_dumps(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return True
