"""Look after the store of everything ever computed: `uncollapse store`, from a checkout."""

import sys

from uncollapse.commands.store import main
from uncollapse.jobs.command_ending import plain_ending

if __name__ == "__main__":
    with plain_ending():
        status = main()
    sys.exit(status)
