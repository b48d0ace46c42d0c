"""Building the objects of a config."""

from collections.abc import Mapping
from typing import Any

from hydra.errors import InstantiationException
from hydra.utils import instantiate

from docsight.errors import ConfigError, DocsightError


def build(settings: Mapping[str, Any], **options: Any) -> Any:
    """Build what a config with `_target_` describes; `options` are further arguments, or those of Hydra.

    Raises:
        DocsightError: That of the constructor.
        ConfigError: The constructor refuses an argument otherwise, or cannot be found.
    """
    try:
        return instantiate(settings, _convert_="all", **options)
    except InstantiationException as err:
        cause = err.__cause__
        if isinstance(cause, DocsightError):
            raise cause from None
        if cause is None or isinstance(cause, (ValueError, TypeError, ImportError)):
            raise ConfigError(f"{settings['_target_']}: {' '.join(str(cause or err).split())}") from err
        raise
