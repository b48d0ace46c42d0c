"""The options of a redaction. Nothing slow is imported here: `docsight --help` shows the defaults."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from docsight.errors import ConfigError
from docsight.option_checks import is_number

Operator = Literal["replace", "mask", "hash", "pseudonym"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)
NAME_TYPES = ("PERSON", "ORGANIZATION", "LOCATION")
SELECTABLE_TYPES = (*NAME_TYPES, "DATE", "NORP")


@dataclass(frozen=True, kw_only=True)
class RedactionOptions:
    """What is taken out, and what is written instead.

    Args:
        operator: "replace": the type, such as <PERSON>; "mask": as many asterisks as characters; "hash": the type and
            a hash that depends on the key; "pseudonym": a made-up name of the same type.
        threshold: Names of at least this probability count, above 0 and at most 1. Ids count at any threshold.
        types: The types of names that are taken out; ids always are.
        key: At least 16 secret bytes; see `read_key`. The same key gives the same replacements in every document.
        audit_text: Whether the audit also holds what was removed.
        hide_paths: Whether paths and names of parts are replaced by hashes, which needs a key.

    Raises:
        ConfigError: An option has an invalid value, or needs a key.
    """

    operator: Operator = "replace"
    threshold: float = 0.1
    types: tuple[str, ...] = NAME_TYPES
    key: bytes | None = field(default=None, repr=False)
    audit_text: bool = False
    hide_paths: bool = False

    def __post_init__(self) -> None:
        if self.operator not in OPERATORS:
            raise ConfigError(f"unknown operator {self.operator!r}; choose from {', '.join(OPERATORS)}")
        if not (is_number(self.threshold) and 0 < self.threshold <= 1):
            raise ConfigError(f"the threshold of a redaction must be above 0 and at most 1, not {self.threshold!r}")
        if unknown := [name for name in self.types if name not in SELECTABLE_TYPES]:
            raise ConfigError(f"unknown type {unknown[0]!r}; choose from {', '.join(SELECTABLE_TYPES)}")
        if self.key is not None and len(self.key) < 16:
            raise ConfigError(f"a key has at least 16 bytes, not {len(self.key)}")
        if self.key is None and self.operator == "hash":
            raise ConfigError("the operator hash needs a key: without a secret, anyone can hash a name and compare")
        if self.key is None and self.hide_paths:
            raise ConfigError("hiding paths needs a key: without a secret, anyone can hash a path and compare")

    def fingerprint(self) -> dict[str, Any]:
        """Return what the results depend on, as plain data without the key itself."""
        key = self.key and hashlib.sha256(b"docsight redaction\0" + self.key).hexdigest()
        settings = (self.operator, self.threshold, sorted(self.types), self.audit_text, self.hide_paths)
        return {"settings": settings, "key": key}
