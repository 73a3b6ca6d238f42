"""Files of an experiment over generations. A shard holds some of the seeds, one after the other.

``run`` is a run of config, or one of a grid; in generation 0 it is the learner, since all its runs begin alike.
"""

import pyarrow as pa

from uncollapse.artifacts.artifact import NAME, NUMBER, Artifact
from uncollapse.artifacts.columns import field

RUN = NAME + r"(-\d+x\d+)?"  # real x synthetic rows, of a grid
WRITER = NAME + r"(-\d+x\d+|-\d+rows)?"
_NAMED = {"run": RUN, "generation": NUMBER}
_FILE = "{run}.generation{generation}.{shard}of{shards}"

SEED = field("seed", pa.int64(), "of the model")
ROW_ID = field("row_id", pa.int64(), "number of the row among those of its seed, or of its split")
QUANTITY = field("quantity", pa.string(), "what was measured")
SPLIT = field("split", pa.string(), "train or held_out")


def real_schema(rows: pa.Schema) -> pa.Schema:
    """Columns of real rows of a kind."""
    return pa.schema([SPLIT, ROW_ID, *rows])


def written_schema(rows: pa.Schema) -> pa.Schema:
    """Columns of rows of a kind that models wrote."""
    return pa.schema([SEED, ROW_ID, *rows])


LEARNED = pa.schema(
    [
        SEED,
        field("origin", pa.int32(), "generation whose model wrote the row; -1 for a real one"),
        ROW_ID,
        field("weight", pa.float64(), "of the row in the loss, 1 on average"),
    ]
)
JUDGED = pa.schema(
    [
        SEED,
        ROW_ID,
        field("score", pa.float64(), "the verifier's"),
        field("accepted", pa.bool_(), "by the verifier"),
        field("right", pa.bool_(), "as the run's truth says"),
        field("kept", pa.bool_(), "whether the next generation may learn from it"),
    ]
)


def _share(name: str, meaning: str) -> pa.Field:
    return field(name, pa.float64(), meaning, nullable=True)


QUALITY = pa.schema(
    [
        SEED,
        field("rows", pa.int64(), "that the model wrote"),
        field("right", pa.int64(), "of them"),
        field("kept", pa.int64(), "of all: accepted, or drawn at random"),
        field("kept_right", pa.int64(), "of those that are kept"),
        field("learned", pa.int64(), "of those that are kept, the first, as many as the regime takes"),
        _share("p", "wrong / rows"),
        _share("phi", "P(kept | right)"),
        _share("psi", "P(kept | wrong)"),
        _share("kept_precision", "kept_right / kept"),
        _share("p_star", "1 / (1 + psi / phi)"),
    ]
)
POSITIONS = pa.schema(
    [
        SEED,
        ROW_ID,
        field("ids", pa.list_(pa.int32()), "the edited text's tokens, of the model that says how likely they are"),
        field("eligible", pa.list_(pa.bool_()), "tokens that were drawn again or deleted; as long as the text was"),
    ]
)
EDIT_SHARES = pa.schema(
    [
        SEED,
        field("threshold", pa.float64(), "of a token's probability: config's, or where its share of tokens lies"),
        field("tokens", pa.int64(), "before editing"),
        field("above", pa.int64(), "of them at or above the threshold"),
        field("eligible", pa.int64(), "of them drawn again, or deleted"),
        field("changed", pa.int64(), "of them no longer what they were"),
    ]
)
MEASURED = pa.schema([SEED, QUANTITY, field("value", pa.float64(), "of the rows that the model wrote", nan=True)])
YARDSTICK = pa.schema([QUANTITY, field("value", pa.float64(), "of the real training rows")])
SHOWN = pa.schema([SEED, ROW_ID, field("row", pa.string(), "the row as JSON")])

REAL_FILES = Artifact(path="real/{learner}.parquet", counts="set aside")
YARDSTICK_FILES = Artifact(path="real/{learner}.measures.parquet", schema=YARDSTICK, key=("quantity",))
VERIFIER_FILES = Artifact(path="verifiers/{verifier}.{learner}.safetensors")
STATE_FILES = Artifact(path=f"models/{_FILE}.safetensors", patterns=_NAMED)
LEARNED_FILES = Artifact(path=f"learned/{_FILE}.parquet", schema=LEARNED, counts="learn from", patterns=_NAMED)
WRITTEN_FILES = Artifact(
    path="written/{writer}.generation{generation}.{shard}of{shards}.parquet",
    patterns={"writer": WRITER, "generation": NUMBER},
)
EDITED_FILES = Artifact(path=f"edited/{_FILE}.parquet", patterns=_NAMED)
POSITION_FILES = Artifact(path=f"edited/{_FILE}.positions.parquet", schema=POSITIONS, patterns=_NAMED)
EDIT_SHARE_FILES = Artifact(path=f"edited/{_FILE}.shares.parquet", schema=EDIT_SHARES, key=("seed",), patterns=_NAMED)
JUDGED_FILES = Artifact(path=f"judged/{_FILE}.parquet", schema=JUDGED, counts="verify", patterns=_NAMED)
QUALITY_FILES = Artifact(path=f"judged/{_FILE}.quality.parquet", schema=QUALITY, key=("seed",), patterns=_NAMED)
MEASURED_FILES = Artifact(path=f"measured/{_FILE}.parquet", schema=MEASURED, key=("seed", "quantity"), patterns=_NAMED)
SHOWN_FILES = Artifact(path=f"measured/{_FILE}.shown.parquet", schema=SHOWN, key=("seed", "row_id"), patterns=_NAMED)
