"""Look after the store of everything ever computed.

uncollapse store size
uncollapse store collect --unused-for 30
uncollapse store verify

The store is the one of the same --configfile and --config in snakemake, or the one of --store.
"""

import argparse
import sys
from pathlib import Path

from uncollapse.commands.checkout import config_file
from uncollapse.config.files import read
from uncollapse.errors import UncollapseError
from uncollapse.jobs.command_line import Parser, finite
from uncollapse.jobs.store import Store


def main(given: list[str] | None = None) -> int:
    """0, or 1 where verify found damage, 2 on an error."""
    parser = Parser(prog="uncollapse store", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = argparse.ArgumentParser(add_help=False)
    which.add_argument("--store", type=Path, help="its folder; by default what the config's key store says")
    which.add_argument("--configfile", nargs="+", type=Path, default=[], help="overlays, as given to snakemake")
    which.add_argument("--config", nargs="+", default=[], metavar="KEY=VALUE", help="as given to snakemake")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("size", parents=[which], help="results, files and bytes in the store")
    collect = commands.add_parser("collect", parents=[which], help="drop what no run has used for some days")
    collect.add_argument("--unused-for", type=_days, required=True, metavar="DAYS")
    commands.add_parser("verify", parents=[which], help="read every file again; remove and name those that are damaged")
    arguments = parser.parse_args(given)
    try:
        store = Store(arguments.store or Path(read(config_file(), arguments.configfile, arguments.config).store))
        if not store.root.is_dir():
            told = "is no folder" if store.root.exists() else "no such folder"
            raise UncollapseError(f"{store.root}: {told}; run snakemake first, or name it with --store")
        if arguments.command == "collect":
            print(f"{_megabytes(store.collect(unused_for=arguments.unused_for * 86_400))} freed")
        if arguments.command == "verify":
            broken = store.verify()
            for name in broken:
                print(f"{store.root / 'objects' / name}: damaged, removed; the next run computes it again")
            print(f"{len(broken)} damaged")
            return 1 if broken else 0
        usage = store.usage()
        shared = f", {_megabytes(usage.shared)} of which results take as well" if usage.shared else ""
        print(f"{store.root}: {usage.entries:,} results, {usage.objects:,} files, {_megabytes(usage.bytes)}{shared}")
        return 0
    except UncollapseError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
    return 2


def _days(text: str) -> float:
    days = finite(text)
    if days < 0:
        raise argparse.ArgumentTypeError(f"{text} is no number of days; 0 drops everything")
    return days


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
