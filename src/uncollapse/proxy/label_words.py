"""Words that people write for a label: a candidate is right, wrong, or they are unsure."""

RIGHT, WRONG, UNSURE = "right", "wrong", "unsure"
WORDS = {
    RIGHT: ("right", "correct", "true", "yes", "y", "r", "1", "1.0", "ok", "good"),
    WRONG: ("wrong", "incorrect", "false", "no", "n", "w", "0", "0.0", "bad"),
    UNSURE: ("unsure", "?", "unknown", "maybe", "u", "unclear", "skip"),
}
LABEL_OF = {word: label for label, words in WORDS.items() for word in words}
"""The label that each word means, in small letters."""
IS_RIGHT = {word: label == RIGHT for word, label in LABEL_OF.items() if label != UNSURE}
"""Whether a word means right, of those that mean right or wrong."""
