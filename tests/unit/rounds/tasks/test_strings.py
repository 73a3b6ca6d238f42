import random

from uncollapse.rounds.tasks import strings
from uncollapse.rounds.tasks.strings import Settings


def test_copy_and_reverse() -> None:
    for answer, step in (("copy", 1), ("reverse", -1)):
        settings = Settings(name="strings", answer=answer, alphabet="abc")
        question = strings.ask(6, settings, random.Random(0))
        assert question.answer == question.text[:6][::step]
        assert set(question.text) <= set(strings.symbols(settings)) == set("abc=")
        assert len(question.answer) == strings.longest(6, settings)
