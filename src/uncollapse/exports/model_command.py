"""The command ``uncollapse export MODEL FOLDER``: a language model as a folder in the format of transformers."""

import argparse
from pathlib import Path

from uncollapse.jobs.command_ending import told_in_words
from uncollapse.jobs.command_line import Parser, add_quiet, quietly

HELP = """Export a language model of this project as a folder that transformers, vLLM and lm-evaluation-harness read.

    uncollapse export results/summaries/models/generator-seed0.safetensors my-model
    uncollapse export results/base_models/smollm2.safetensors smollm2

The folder holds the weights, config and tokenizer, and a card, README.md, which says how the model was made. Language
models are those of base_models, of experiments of kind text, pretraining and rejection_sampling, and fine-tuned
members of rounds; files of what training changed are joined with the model that they began from.
Models of this project's own architectures (matrices, questions, images) have no class in transformers.
"""


def arguments(given: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = Parser(prog="uncollapse export", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, nargs="?", metavar="MODEL", help="a .safetensors file of this project")
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help="which is not there yet, or empty")
    parser.add_argument("--model", type=Path, dest="named", metavar="MODEL", help="the same as MODEL")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="the same as FOLDER")
    add_quiet(parser)
    options = parser.parse_args(given)
    places = [path for path in (options.model, options.folder) if path is not None]
    for option, named in (("--model", options.named), ("--output", options.output)):
        if named is None and not places:
            parser.error(f"{option} is missing: give MODEL FOLDER, a .safetensors file and where it goes")
        setattr(options, option.strip("-"), named or places.pop(0))
    if places:
        parser.error(f"{places[0]}: one model goes to one folder; leave it out, or --model and --output")
    return options


def run(given: list[str] | None = None) -> None:
    """Run the command, or say in one line what is wrong."""
    from uncollapse.exports.model_folder import export_model

    options = arguments(given)
    with told_in_words([options.output], place="FOLDER"), quietly(options.quiet):
        export_model(options.model, options.output)
    print(f"{options.output}: transformers reads it; the card is {options.output / 'README.md'}")
