"""Look after the store of everything ever computed: `uncollapse store`, from a checkout."""

import sys

from uncollapse.commands.entry import run

if __name__ == "__main__":
    sys.exit(run(["store", *sys.argv[1:]]))
