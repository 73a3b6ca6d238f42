"""Token ids of prompts for a model in process: its chat template, or the text as it stands."""

from typing import TYPE_CHECKING

from uncollapse.errors import DataError
from uncollapse.generators.question import Kind
from uncollapse.language.chat import chat_text
from uncollapse.language.text import encode_prompt
from uncollapse.language.vocabulary import special_texts
from uncollapse.prompts.prompt import Prompt

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

_UNLIMITED = 10**9  # tokens: what is too long is told by who knows the model's context


def check_template(tokenizer: "PreTrainedTokenizerFast", kind: Kind, *, model: str) -> None:
    """Check that a model asked for a chat has a chat template.

    Raises
    ------
    DataError
        Where it has none.
    """
    if kind == "chat" and not tokenizer.chat_template:
        raise DataError(f"{model} has no chat template: give --kind completions, or a model that was tuned to chat")


def prompt_tokens(tokenizer: "PreTrainedTokenizerFast", prompt: Prompt, kind: Kind) -> list[int]:
    """Ids that a model reads before its answer: of a chat its template with the turn of the assistant opened.

    Raises
    ------
    DataError
        For messages that hold a special token, which would end a turn within a text, or that the template refuses.
    """
    if kind == "completions":
        return encode_prompt(tokenizer, str(prompt.asked), longest=_UNLIMITED)[0]
    special = special_texts(tokenizer)
    for message in prompt.messages:
        if special is not None and (found := special.search(message["content"])):
            raise DataError(f"prompt {prompt.id!r} holds the special token {found[0]!r}; mend or drop it")
    try:
        text = chat_text(tokenizer, prompt.messages, open_turn=True)
    except Exception as error:  # whatever a template of Jinja raises
        raise DataError(f"prompt {prompt.id!r}: the model's chat template refuses it ({error})") from None
    return tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
