"""The environment file of ``--sdm conda``, with the versions of requirements.lock: Snakemake copies it, and it alone.

python -m uncollapse.config.conda_environment > envs/jobs.yaml
"""

from uncollapse.settings.checkout import PROJECT

_OPENING = """# What every job runs in with snakemake --sdm conda, or by hand: conda env create -f envs/jobs.yaml.
# The versions of requirements.lock, written here by `make schema`: Snakemake makes an environment of this file alone,
# and anew where it is another. On ordinary Linux machines PyPI's torch is the CUDA build. Hashes are the locks' alone.
name: uncollapse
channels: [conda-forge]
dependencies:
  - python=3.11
  - pip
  - pycosat=0.6.6 # reasoning-gym asks for it, and PyPI has it for a compiler alone
  - pip:
"""


def environment() -> str:
    """The whole file, as YAML."""
    files = [PROJECT / "requirements.lock", PROJECT / "envs/torch.lock"]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    # what a marker stands behind is a library of CUDA, which comes with torch
    pins = [line.rstrip(" \\") for line in lines if line[:1].isalnum() and ";" not in line]
    return _OPENING + "".join(f"      - {pin}\n" for pin in pins)


if __name__ == "__main__":
    print(environment(), end="")
