"""The exceptions that docsight raises on purpose. Each is also a ValueError or an ImportError.

```text
DocsightError
├── BundleError (ValueError)        a model folder
├── ConfigError (ValueError)        a setting, an option or a path
├── DataError (ValueError)          a document or other input
└── MissingExtraError (ImportError) a package that is not installed
```
"""


class DocsightError(Exception):
    """Base class of all errors that docsight raises on purpose."""


class BundleError(DocsightError, ValueError):
    """A model folder is missing, damaged, or of another kind or version than expected."""


class ConfigError(DocsightError, ValueError):
    """A setting, an option or a path is invalid."""


class DataError(DocsightError, ValueError):
    """A document or other input is damaged, or not what it claims to be."""


class MissingExtraError(DocsightError, ImportError):
    """A feature needs the packages of an extra that is not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        self._arguments = feature, extra
        super().__init__(f"{feature} needs the '{extra}' extra; install it with: pip install 'docsight[{extra}]'")

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), self._arguments  # the default would call the class with only the message
