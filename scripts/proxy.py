"""Is this verifier good enough to train on what it keeps? `uncollapse proxy`, from a checkout."""

import sys

from uncollapse.commands.entry import run

if __name__ == "__main__":
    sys.exit(run(["proxy", *sys.argv[1:]]))
