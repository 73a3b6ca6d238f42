#!/usr/bin/env bash
# reasoning-gym 0.1.25: scorers that give full marks to wrong answers, or raise, on what models write. Its scores are used
# as verified rewards, so a wrong 1.0 is trained on.
#   game_of_life_halting  an entry whose true answer is False: any text gets 1.0
#   prime_factorization   an answer that is no product of integers raises ValueError instead of scoring 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "reasoning-gym==0.1.25" 2>/dev/null
"$folder/venv/bin/python" - <<'P'
import reasoning_gym

halting = reasoning_gym.create_dataset("game_of_life_halting", size=20, seed=3)
entry = next(entry for entry in halting if str(entry["answer"]) == "False")
scores = {text: halting.score_answer(text, entry) for text in ("False", "True", "I do not know", "xxxxxxxxxx")}
print("game_of_life_halting, true answer", entry["answer"], scores)
factors = reasoning_gym.create_dataset("prime_factorization", size=1, seed=3)
try:
    raised = f"no exception, score {factors.score_answer('two times three', factors[0])}"
except ValueError as error:
    raised = f"ValueError: {error}"
print("prime_factorization, answer 'two times three':", raised)
assert scores["xxxxxxxxxx"] == 1.0 and scores["False"] == 1.0
assert raised.startswith("ValueError")
P
