"""Is this synthetic corpus narrower than mine, and where? `uncollapse compare`, from a checkout."""

import sys

from uncollapse.commands.entry import run

if __name__ == "__main__":
    sys.exit(run(["compare", *sys.argv[1:]]))
