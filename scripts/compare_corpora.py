"""Is this synthetic corpus narrower than mine, and where? `uncollapse compare`, from a checkout."""

import sys

from uncollapse.commands.compare import main
from uncollapse.jobs.command_ending import plain_ending

if __name__ == "__main__":
    with plain_ending():
        status = main()
    sys.exit(status)
