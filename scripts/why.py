"""Say from which code, config and data a result came: `uncollapse why`, from a checkout."""

import sys

from uncollapse.commands.why import main
from uncollapse.jobs.command_ending import plain_ending

if __name__ == "__main__":
    with plain_ending():
        status = main()
    sys.exit(status)
