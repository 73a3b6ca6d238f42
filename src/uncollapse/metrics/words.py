"""Words of a text in any script, for measures that count them.

A word is a run of letters, digits and underscores with the marks that belong to them, such as the vowel signs of
Devanagari. Where texts are compared, one without any word, as of emoji alone, is taken character by character, so that
it is equal to itself and to nothing else.
"""

import unicodedata

import regex

WORD = r"[\p{L}\p{N}_][\p{L}\p{N}\p{M}_\u200c\u200d]*"  # for the package regex
_WORD = regex.compile(WORD)
# scripts written without spaces: a character with its marks stands for a word
_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*"
    r"|[^\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]+"
)
_SEPARATOR = regex.compile(r"_+")


def words(text: str) -> list[str]:
    """Words in order, as they are written.

    >>> words("It's naïve: दिन 🙂"), words("🙂 !?")
    (['It', 's', 'naïve', 'दिन'], [])
    """
    return _WORD.findall(text)


def words_or_characters(text: str) -> list[str]:
    """Words in order, or each visible character of a text that has none.

    >>> words_or_characters("once, more!"), words_or_characters("🙂 !?"), words_or_characters(" ")
    (['once', 'more'], ['🙂', '!', '?'], [])
    """
    return words(text) or [character for character in text if not character.isspace()]


def overlap_words(text: str) -> list[str]:
    """Words as ROUGE compares them: lower case, composed Unicode, an underscore between two; characters one by one in
    scripts without spaces.

    >>> overlap_words("Snake_case, NAI\u0308VE café"), overlap_words("你好 abc")
    (['snake', 'case', 'naïve', 'café'], ['你', '好', 'abc'])
    """
    lower = unicodedata.normalize("NFC", _SEPARATOR.sub(" ", text)).lower()
    return [part for word in words_or_characters(lower) for part in _UNSPACED.findall(word)]
