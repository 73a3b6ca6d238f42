"""Edit a corpus of your own with ToEdit: `uncollapse toedit`, from a checkout."""

import sys

from uncollapse.commands.entry import run

if __name__ == "__main__":
    sys.exit(run(["toedit", *sys.argv[1:]]))
