"""The errors docsight raises; each is also the standard type that callers expect."""


class DocsightError(Exception):
    """Base of all errors that docsight raises on purpose."""


class BundleError(DocsightError, ValueError):
    """A model folder is missing, damaged, or of another kind or version than expected."""


class ConfigError(DocsightError, ValueError):
    """A setting has a value that cannot work."""


class DataError(DocsightError, ValueError):
    """Input data or a document cannot be read as what it claims to be."""


class MissingExtraError(DocsightError, ImportError):
    """A feature needs packages of an extra that is not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        """Name the feature and the command that installs what it needs."""
        self._arguments = feature, extra
        super().__init__(f"{feature} needs the '{extra}' extra; install it with: pip install 'docsight[{extra}]'")

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        """Let it travel between processes."""
        return type(self), self._arguments
