"""Is this synthetic corpus narrower than mine, and where? `uncollapse compare`, from a checkout."""

import sys

from uncollapse.commands.compare import main

if __name__ == "__main__":
    sys.exit(main())
