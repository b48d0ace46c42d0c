"""Find files with the same text, and with nearly the same text by MinHash (rensa).

What a shard keeps of a text can be combined over the documents of a file in any order: a sum of hashes, and a MinHash,
whose numbers are minima. So neither the order of files nor where a run was interrupted changes the result.
"""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.util import find_spec

import numpy as np
import numpy.typing as npt

MIN_SIMILARITY = 0.8  # of near-duplicates: the fraction of their shingles that two texts share, as estimated

_PERMUTATIONS, _BANDS, _SEED = 64, 16, 1
_SHINGLE_WORDS = 3
_SHINGLE_CHARS = 8  # in scripts without spaces between words
_MIN_SHINGLES = 20  # of fewer, the similarity says little
_MAX_CHARS_PER_WORD = 20
_MAX_DISTINCT = 50  # texts that agree in a band, but are no near-duplicates
_HASH_BYTES = 16

Numbers = npt.NDArray[np.uint32]


@cache
def minhash_version() -> str:
    """Return the version of rensa's hashes; empty if it is not installed."""
    if find_spec("rensa") is None:
        return ""
    from rensa import RMinHash

    return str(RMinHash.ALGORITHM_VERSION)


def add_text_hash(total: str, text: str) -> str:
    """Add the hash of a text to a sum of hashes in hexadecimal digits; white space does not count.

    An empty sum is that of no text. Texts without letters are not added.
    """
    if not (words := text.split()):
        return total
    digest = hashlib.blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES).hexdigest()
    return add_hashes([total, digest])


def add_hashes(totals: Iterable[str]) -> str:
    """Add sums of hashes."""
    numbers = [int(total, 16) for total in totals if total]
    return f"{sum(numbers) % (1 << 8 * _HASH_BYTES):0{2 * _HASH_BYTES}x}" if numbers else ""


def add_minhash(signature: str, text: str) -> str:
    """Add a text to a signature; an empty signature is that of no text, or of one that is too short."""
    shingles = _shingles(text)
    if len(shingles) < _MIN_SHINGLES or not minhash_version():
        return signature
    from rensa import RMinHash

    minhash = RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
    minhash.update(shingles)
    return merge_minhashes([signature, _encode(np.array(minhash.digest(), dtype=np.uint32))])


def merge_minhashes(signatures: Iterable[str]) -> str:
    """Return the signature of several texts together."""
    numbers = [_decode(signature) for signature in signatures if signature]
    return _encode(np.minimum.reduce(numbers)) if numbers else ""


def first_with_the_same(values: Mapping[str, str]) -> dict[str, str]:
    """Return for each name the first in alphabetical order that has the same value, without those of the first."""
    firsts: dict[str, str] = {}
    for name in sorted(values):
        if values[name]:
            firsts.setdefault(values[name], name)
    return {name: first for name, value in values.items() if value and (first := firsts[value]) != name}


def first_near_duplicates(signatures: Mapping[str, str]) -> dict[str, str]:
    """Return for each name the first of its group in alphabetical order, without those of the first.

    Two names are in a group if their texts are near-duplicates, or if a chain of near-duplicates connects them.
    """
    names = sorted(name for name, signature in signatures.items() if signature)
    if not names:
        return {}
    numbers = np.stack([_decode(signatures[name]) for name in names])
    roots = list(range(len(names)))

    def root(at: int) -> int:
        while roots[at] != at:
            roots[at] = roots[roots[at]]
            at = roots[at]
        return at

    for one, other in _near_pairs(numbers):
        first, second = sorted((root(one), root(other)))
        roots[second] = first
    return {name: names[first] for at, name in enumerate(names) if (first := root(at)) != at}


def _near_pairs(numbers: Numbers) -> Iterator[tuple[int, int]]:
    """Yield pairs of near-duplicates that agree in all numbers of a band, enough of them to connect each group."""
    for band in np.split(numbers, _BANDS, axis=1):
        buckets: defaultdict[bytes, list[int]] = defaultdict(list)
        for at, row in enumerate(band):
            buckets[row.tobytes()].append(at)
        for bucket in (several for several in buckets.values() if len(several) > 1):
            distinct: list[int] = []  # each is compared with these only, since a group may be large
            for at in bucket:
                is_near = (numbers[distinct] == numbers[at]).mean(axis=1) >= MIN_SIMILARITY
                yield from ((distinct[which], at) for which in np.flatnonzero(is_near).tolist())
                if not is_near.any() and len(distinct) < _MAX_DISTINCT:
                    distinct.append(at)


def _shingles(text: str) -> list[str]:
    words = text.lower().split()
    if len(text) > _MAX_CHARS_PER_WORD * len(words):
        joined = "".join(words)
        return [joined[at : at + _SHINGLE_CHARS] for at in range(len(joined) - _SHINGLE_CHARS + 1)]
    return list(map(" ".join, zip(*(words[at:] for at in range(_SHINGLE_WORDS)), strict=False)))


def _encode(numbers: Numbers) -> str:
    return base64.b85encode(numbers.astype("<u4").tobytes()).decode()


def _decode(signature: str) -> Numbers:
    return np.frombuffer(base64.b85decode(signature), dtype="<u4").astype(np.uint32)
