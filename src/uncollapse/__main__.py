"""``python -m uncollapse`` is the command ``uncollapse``."""

import sys

from uncollapse.commands.entry import run

if __name__ == "__main__":
    sys.exit(run())
