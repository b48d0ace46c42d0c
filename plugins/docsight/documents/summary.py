"""What a run of the processor tells about itself, at its end and on its way."""

from collections import Counter
from dataclasses import dataclass, field

from docsight.documents.pictures import ImageCounts


@dataclass(kw_only=True)
class Summary:
    """What a run did.

    Args:
        entities: How many, by label.
        images: How many pictures the documents have.
        image_cats: What became of them, by component.
        words: How many, separated by white space.
    """

    documents: int = 0
    failed: int = 0
    skipped: int = 0
    entities: Counter[str] = field(default_factory=Counter)
    images: int = 0
    image_cats: dict[str, ImageCounts] = field(default_factory=dict)
    words: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a run is; `share` is that of the bytes of all inputs, from 0 to 1."""

    documents: int
    failed: int
    words: int
    files: int
    share: float
    seconds: float

    @property
    def remaining(self) -> float | None:
        """Estimate the seconds that are left; None before the first result."""
        return self.seconds * (1 - self.share) / self.share if self.share > 0 else None

    def __str__(self) -> str:
        seconds = max(self.seconds, 1e-9)
        parts = [
            f"{self.share:4.0%}",
            f"{self.documents + self.failed:,} of {self.files:,} files",
            f"{self.documents / seconds:.1f} documents/s",
            f"{self.words / seconds:,.0f} words/s",
        ]
        if self.remaining is not None:
            minutes, rest = divmod(round(self.remaining), 60)
            hours, minutes = divmod(minutes, 60)
            parts.append(f"{hours}:{minutes:02}:{rest:02} left" if hours else f"{minutes}:{rest:02} left")
        return "  ".join(parts)
