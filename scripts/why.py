"""Say from which code, config and data a result came: `uncollapse why`, from a checkout."""

import sys

from uncollapse.commands.why import main

if __name__ == "__main__":
    sys.exit(main())
