from uncollapse.rounds.questions import START, TEST, draw
from uncollapse.rounds.tasks import addition, strings

REVERSE = addition.Settings(name="addition")


def texts(count: int, purpose: str | int, difficulty: int = 4, seed: int = 0) -> list[str]:
    drawn = draw(addition, REVERSE, difficulty=difficulty, count=count, seed=seed, purpose=purpose)
    return [question.text for question in drawn]


def test_a_longer_list_begins_with_the_shorter_one() -> None:
    assert texts(20, START)[:7] == texts(7, START)


def test_purposes_seeds_and_difficulties_draw_their_own() -> None:
    drawn = [texts(10, START), texts(10, 1), texts(10, 2), texts(10, START, seed=1), texts(10, START, difficulty=5)]
    assert len({text for some in drawn for text in some}) == 50


def test_no_test_question_is_learned_from() -> None:
    """Of two digits there are 8,100 sums, so that chance alone would share many."""
    tested = set(texts(500, TEST, difficulty=2))
    assert tested.isdisjoint(texts(4000, START, difficulty=2) + texts(4000, 1, difficulty=2))


def test_tasks_with_too_few_questions_use_all_for_both() -> None:
    settings = strings.Settings(name="strings", answer="copy", alphabet="ab")
    for purpose in (START, TEST):
        drawn = draw(strings, settings, difficulty=1, count=40, seed=0, purpose=purpose)
        assert len(drawn) == 40
