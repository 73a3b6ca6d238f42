#!/usr/bin/env bash
# RDKit 2026.9.1: an XYZ block whose coordinates are in exponent notation, as NumPy and `repr` print small numbers, is no
# molecule: MolFromXYZBlock returns None, after one line in the log. The same numbers in decimals are read.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "rdkit==2026.9.1" 2>/dev/null
"$folder/venv/bin/python" - <<'P'
from rdkit import Chem, rdBase

x = 3.07e-08
exponent = Chem.MolFromXYZBlock(f"2\n\nC {x} 0.0 0.0\nO 0.0 0.0 1.128\n")
decimals = Chem.MolFromXYZBlock(f"2\n\nC {x:.10f} 0.0 0.0\nO 0.0 0.0 1.128\n")
print(rdBase.rdkitVersion, "| coordinate", x, "->", exponent, "| coordinate", f"{x:.10f}", "->", decimals.GetNumAtoms(), "atoms")
assert exponent is None and decimals.GetNumAtoms() == 2
P
