"""Edit a corpus of your own with ToEdit: `uncollapse toedit`, from a checkout."""

import sys

from uncollapse.commands.toedit import main

if __name__ == "__main__":
    sys.exit(main())
