"""Is this verifier good enough to train on what it keeps? `uncollapse proxy`, from a checkout."""

import sys

from uncollapse.commands.proxy import main
from uncollapse.jobs.command_ending import plain_ending

if __name__ == "__main__":
    with plain_ending():
        status = main()
    sys.exit(status)
