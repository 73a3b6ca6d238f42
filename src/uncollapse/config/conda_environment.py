"""The environment file of ``--sdm conda``, with the versions of requirements.lock: Snakemake copies it, and it alone.

python -m uncollapse.config.conda_environment > envs/jobs.yaml
"""

from uncollapse.settings.checkout import PROJECT

_OPENING = """# What every job runs in with snakemake --sdm conda, or by hand: conda env create -f envs/jobs.yaml.
# The versions of requirements.lock, written here by `make schema`: Snakemake makes an environment of this file alone,
# and anew where it is another. On ordinary Linux machines PyPI's torch is the CUDA build.
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
    lines = (PROJECT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return _OPENING + "".join(f"      - {line}\n" for line in lines if line and not line.startswith("#"))


if __name__ == "__main__":
    print(environment(), end="")
