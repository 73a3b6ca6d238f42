"""Edit a corpus of your own with ToEdit: `uncollapse toedit`, from a checkout."""

import sys

from uncollapse.commands.toedit import main
from uncollapse.jobs.command_ending import plain_ending

if __name__ == "__main__":
    with plain_ending():
        status = main()
    sys.exit(status)
