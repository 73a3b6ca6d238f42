"""Say from which code, config and data a result came: `uncollapse why`, from a checkout."""

import sys

from uncollapse.commands.entry import run

if __name__ == "__main__":
    sys.exit(run(["why", *sys.argv[1:]]))
