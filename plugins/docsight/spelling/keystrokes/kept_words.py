"""The words of a typing session that stay as they are typed, because the user wants them so."""

from collections import Counter

from docsight.networks.char_lm import to_plain

_KEPT_UNTIL_LEARNED = 2  # times that a word is typed again after its correction was taken back


class KeptWords:
    """Words that are not corrected: those that were learned, and those whose correction was just taken back."""

    def __init__(self) -> None:
        self._learned: set[str] = set()
        self._typed_again = Counter[str]()  # words that had been corrected
        self._taken_back = ""

    def learn(self, word: str) -> None:
        """Keep a word, in any case."""
        self._learned.add(to_plain(word).lower())

    def take_back(self, typed: str) -> None:
        """Note that backspace has taken back the correction of a word; an empty string if it was not corrected."""
        self._taken_back = to_plain(typed)

    def begin_word(self) -> None:
        """Note that another word begins, so that the correction of this one can no longer be taken back."""
        self._taken_back = ""

    def keeps(self, text: str) -> bool:
        """Return whether a word that would be corrected stays as typed."""
        if text.lower() in self._learned:
            return True
        if text != self._taken_back:
            return False
        self._typed_again[text.lower()] += 1
        if self._typed_again[text.lower()] >= _KEPT_UNTIL_LEARNED:
            self.learn(text)
        return True
