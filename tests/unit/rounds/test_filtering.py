from pathlib import Path

import numpy as np
import pytest

from uncollapse.rounds.filtering import PACKAGE, kept
from uncollapse.rounds.filters import length, oracle, valid, vote
from uncollapse.rounds.label_quality import quality
from uncollapse.rounds.question import Question
from uncollapse.rounds.tasks import addition, maze
from uncollapse.rounds.written import Answers
from uncollapse.settings.finding import load_plugin

# right answers of three questions: 30, 52 and 161, written in reverse
QUESTIONS = [Question("11+91=", "03"), Question("14+11=", "52"), Question("98+27=", "161")]
TEXTS = [["03", "52", "161"], ["03", "53", "16"], ["03", "5", "161"]]


def answers(texts: list[list[str]] = TEXTS, *, finished: bool = True) -> Answers:
    return Answers(
        task=addition,
        settings=addition.Settings(name="addition"),
        questions=QUESTIONS,
        difficulties=np.array([2, 2, 2]),
        texts=texts,
        finished=np.full((len(texts), 3), finished),
    )


def test_an_answer_needs_votes_of_its_own_words() -> None:
    settings = vote.Settings(kind="vote", agree=2)
    assert vote.keep(answers(), settings).tolist() == [[True, False, True], [True, False, False], [True, False, True]]
    assert vote.keep(answers(), vote.Settings(kind="vote", agree=3)).sum(0).tolist() == [3, 0, 0]


def test_an_answer_may_be_shorter_than_the_longest_by_less_than_the_margin() -> None:
    kept_by = {
        margin: length.keep(answers(), length.Settings(kind="length", margin=margin)).tolist() for margin in (1, 2)
    }
    assert kept_by[1] == [[False, False, True], [True, True, True], [False, False, True]]
    assert kept_by[2] == [[True, True, True], [True, True, True], [True, False, True]]


def test_the_longest_answer_is_one_with_an_end() -> None:
    endless = answers([["03", "52", "1616161"]] * 3)
    endless.finished[:, 2] = False
    found, dropped = kept(endless, [length.Settings(kind="length", margin=1)])
    assert found.all()
    assert dropped == {"length": 0}


def test_each_filter_counts_what_it_is_the_first_to_drop() -> None:
    found, dropped = kept(answers(), [length.Settings(kind="length", margin=2), vote.Settings(kind="vote", agree=2)])
    assert found.sum() + sum(dropped.values()) == 9
    assert dropped == {"length": 1, "vote": 3}
    right, _ = kept(answers(), [oracle.Settings(kind="oracle")])
    assert right.tolist() == answers().right.tolist() == [[True, True, True], [True, False, False], [True, False, True]]


def test_without_filters_all_is_kept_also_what_has_no_end() -> None:
    found, dropped = kept(answers(finished=False), [])
    assert found.all()
    assert dropped == {}


def test_at_random_keeps_as_many_as_the_filters() -> None:
    filters = [vote.Settings(kind="vote", agree=2)]
    found, dropped = kept(answers(), filters, at_random=True, seeds=[0, 1, 2], draw=4)
    assert found.sum(1).tolist() == [2, 1, 2]
    assert dropped == {"random": 4}
    others = [kept(answers(), filters, at_random=True, seeds=[0, 1, 2], draw=draw)[0].tolist() for draw in range(9)]
    assert len(set(map(str, others))) > 1


OWN = """
import numpy as np
from pydantic import BaseModel


class Settings(BaseModel):
    kind: str
    ends: str


def keep(answers, settings):
    return np.array([[text.endswith(settings.ends) for text in mine] for mine in answers.texts])
"""


def test_a_users_filter_is_one_file(tmp_path: Path) -> None:
    path = tmp_path / "my_filter.py"
    path.write_text(OWN)
    own = load_plugin(str(path), package=PACKAGE).Settings(kind=str(path), ends="1")
    found, dropped = kept(answers(), [own, vote.Settings(kind="vote", agree=2)])
    assert found.tolist() == [[False, False, True], [False, False, False], [False, False, True]]
    assert dropped == {str(path): 7, "vote": 0}


def test_a_maze_is_valid_by_its_moves_and_ends() -> None:
    questions = [Question("a>c:abbc=", "abc")] * 3
    settings = maze.Settings(name="maze", by="hops", nodes=3)
    mazes = Answers(maze, settings, questions, np.array([2] * 3), [["abc", "ac", "ab"]], np.ones((1, 3), bool))
    checked = {
        name: valid.keep(mazes, valid.Settings(kind="valid", checks=[name])).tolist() for name in ("moves", "ends")
    }
    assert checked == {"moves": [[True, False, True]], "ends": [[True, True, False]]}


def test_label_quality_is_that_of_theorem_3_2() -> None:
    found = quality(answers(), kept(answers(), [vote.Settings(kind="vote", agree=2)])[0], [5, 6, 7])
    assert found["seed"] == [5, 5, 6, 6, 7, 7]
    assert found["difficulty"] == [0, 2] * 3
    row = {name: values[2] for name, values in found.items()}  # one right of three; one kept, which is right
    assert (row["answers"], row["right"], row["kept"], row["kept_right"]) == (3, 1, 1, 1)
    assert row["p"] == pytest.approx(2 / 3)
    assert (row["phi"], row["psi"], row["p_star"], row["kept_precision"]) == (1.0, 0.0, 1.0, 1.0)
    assert found["psi"][0] is None  # no wrong answer
