"""Is this verifier good enough to train on what it keeps? `uncollapse proxy`, from a checkout."""

import sys

from uncollapse.commands.proxy import main

if __name__ == "__main__":
    sys.exit(main())
