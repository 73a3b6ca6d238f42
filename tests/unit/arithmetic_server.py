"""A server whose model does sums, and errs: the one that docs/own_data.md talks to.

A prompt asks for ``a + b * c``. To one prompt in four the model usually adds first, which is wrong each time in the
same way, so that its answers agree; otherwise it slips at random, the more the larger c is.
"""

import hashlib
import json
import re

from faulty_server import FaultyServer, reply_of

MODEL = "small-model"


def write_prompts(path, number=200):
    """Prompts without answers, from two sources."""
    with open(path, "w") as file:
        for n in range(number):
            a, b, c = 10 + n * 7 % 83, 3 + n * 5 % 17, 2 + n * 11 % 8
            row = {"prompt": f"What is {a} + {b} * {c}?", "source": ["textbook", "forum"][n % 2]}
            file.write(json.dumps(row) + "\n")


def numbers_of(prompt):
    return [int(word) for word in re.findall(r"\d+", prompt)]


def truth(prompt):
    a, b, c = numbers_of(prompt)
    return a + b * c


def reply(prompt, sample):
    """What the model says."""
    a, b, c = numbers_of(prompt)
    misled = _chance(prompt, "misled") < 0.25
    draw = _chance(prompt, sample)
    if misled and draw < 0.8:
        value, why = (a + b) * c, f"{a} + {b} = {a + b}, times {c}"
    elif draw > 0.95 - 0.05 * c:
        value, why = a + b * c + 1 + int(1000 * draw) % 9, f"{b} * {c} is about {b * c}"
    else:
        value, why = a + b * c, f"{b} * {c} = {b * c}, plus {a}"
    return f"{why}. The answer is {value}."


def server():
    """The server, to be run by ``with server().running() as running``."""

    def answer(body):
        text = reply(body["messages"][-1]["content"], body["seed"])
        message = {"role": "assistant", "content": text}
        tokens = {"prompt_tokens": 12, "completion_tokens": len(text.split()), "total_tokens": 12 + len(text.split())}
        return 200, {}, reply_of(body, message=message, model=MODEL, usage=tokens)

    return FaultyServer(models=[MODEL], fault=answer)


def _chance(*what):
    digest = hashlib.blake2b(repr(what).encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48
