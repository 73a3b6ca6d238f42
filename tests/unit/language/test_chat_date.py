"""Chat templates that write the date write the same one on every day."""

from datetime import datetime

import pytest
import transformers.utils.chat_template_utils as templates
from tiny_models import tokenizer

from uncollapse.generators.prompt_tokens import prompt_tokens
from uncollapse.language.chat import chat_text
from uncollapse.prompts.prompt import Prompt

GUARDED = (
    "{% if strftime_now is defined %}{% set d = strftime_now('%d %b %Y') %}{% else %}{% set d = 'old' %}{% endif %}"
)
TURNS = "{{ d }}|{% for m in messages %}{{ m.content }}{% endfor %}"


@pytest.mark.parametrize("template", [GUARDED + TURNS, "{% set d = strftime_now('%d %b %Y') %}" + TURNS])
def test_the_day_changes_no_prompt(template: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tokenizer()
    made.chat_template = template
    read = set()
    for year in (2025, 2031):

        class Clock(datetime):
            @classmethod
            def now(cls, tz=None, year=year):
                return datetime(year, 6, 1)

        monkeypatch.setattr(templates, "datetime", Clock)
        plain = made.apply_chat_template([{"role": "user", "content": "a"}], tokenize=False)
        assert str(year) in plain  # transformers' own has the day
        read.add(chat_text(made, [{"role": "user", "content": "a"}], open_turn=False))
        assert made.decode(prompt_tokens(made, Prompt("1", "a"), "chat")) == "01 Jan 2025|a"
    assert read == {"01 Jan 2025|a"}
