"""Look after the store of everything ever computed: `uncollapse store`, from a checkout."""

import sys

from uncollapse.commands.store import main

if __name__ == "__main__":
    sys.exit(main())
