"""What each kind of artifact of a pretraining experiment holds; learning curves are those of every experiment."""

import pyarrow as pa

from uncollapse.schemas import field

_ID = field("passage_id", pa.int64(), "row number of the passage within its split")
_CORPUS = field("corpus", pa.string(), "its name in config")
_WRITTEN_BY = field("written_by", pa.string(), "human or machine")
_PLACE = field("place", pa.float64(), "in the random order of its corpus's passages, from 0 to 1: a hash of the text")
_IDS = field("ids", pa.list_(pa.int32()), "its tokens, without end of text")
_BYTES = field("bytes", pa.int64(), "its length in UTF-8")

PASSAGES = pa.schema(
    [
        _ID,
        _CORPUS,
        _WRITTEN_BY,
        field("document_id", pa.int64(), "row number of the document within its corpus"),
        _PLACE,
        field("text", pa.string(), "as many words as every passage"),
    ]
)

PASSAGE_TOKENS = pa.schema([_ID, _CORPUS, _WRITTEN_BY, _PLACE, _BYTES, _IDS])

TRAINING_TEXTS = pa.schema(
    [
        field("passage_id", pa.int64(), "row number of the passage within the training split"),
        _CORPUS,
        _WRITTEN_BY,
        field("ids", pa.list_(pa.int32()), "its tokens, without end of text; the last passage of a corpus may be cut"),
    ]
)

_PROMPT_IDS = field("prompt_ids", pa.list_(pa.int32()), "the instruction's tokens, without end of text")
_PAIR = field("passage_id", pa.int64(), "number of the document within its corpus")

PAIRS = pa.schema([_PAIR, _CORPUS, _WRITTEN_BY, _BYTES, _PROMPT_IDS, _IDS])  # bytes and ids are the answer's

TRAINING_PAIRS = pa.schema([_PAIR, _CORPUS, _WRITTEN_BY, _PROMPT_IDS, _IDS])

PERPLEXITIES = pa.schema(
    [
        _CORPUS,
        _WRITTEN_BY,
        field("trained", pa.bool_(), "whether data sets hold other passages of this corpus"),
        field("passages", pa.int64(), "test passages"),
        field("tokens", pa.int64(), "of all of them"),
        field("bytes", pa.int64(), "of all of them, in UTF-8"),
        field("log_prob", pa.float64(), "of all tokens, in nats"),
        field("perplexity", pa.float64(), "exp(-log_prob / tokens)"),
        field("bits_per_byte", pa.float64(), "-log_prob / bytes / ln 2, which no tokenizer changes"),
    ]
)

SYNTHESIS_COSTS = pa.schema(
    [
        field("method", pa.string(), "synthetic, rephrased or edited"),
        field("passage_id", pa.int64(), "row number of the passage within the training split"),
        field("tokens", pa.int64(), "of the text that was made"),
        field("passes", pa.int64(), "of the model, one after the other"),
        field("positions", pa.int64(), "tokens that the model read in these passes, kept ones counted once"),
    ]
)

EDIT_COUNTS = pa.schema(
    [
        field("document_id", pa.int64(), "of the edited text"),
        field("threshold", pa.float64(), "of p: the config's, or the one at which a share of held-out tokens lies"),
        field("tokens", pa.int64(), "before editing"),
        field("above", pa.int64(), "of them at or above the threshold"),
        field("eligible", pa.int64(), "of them drawn again, or deleted"),
        field("changed", pa.int64(), "of them no longer what they were"),
        field("new_tokens", pa.int64(), "after editing"),
        field("probabilities", pa.list_(pa.int64()), "of them with p in 0.0-0.1, 0.1-0.2, ..., 0.9-1.0"),
    ]
)

TASK_ITEMS = pa.schema(
    [
        _ID,
        _CORPUS,
        field("context", pa.string(), "what stands before the choices"),
        field("choices", pa.list_(pa.string()), "one of them is right"),
        field("answer", pa.int64(), "the number of the right one, from 0"),
    ]
)

TASK_SCORES = pa.schema(
    [
        field("task", pa.string(), "its name in lm-evaluation-harness"),
        field("version", pa.string(), "of the task"),
        field("metric", pa.string(), "such as acc"),
        field("value", pa.float64(), "in the metric's unit; accuracies are fractions"),
        field("standard_error", pa.float64(), "over items; null where the harness gives none", nullable=True),
        field("items", pa.int64(), "that were judged; 0 where the harness does not say"),
    ]
)

_SUBJECT = field("subject", pa.string(), "human, machine, or the name of a data set")

MEASUREMENTS = pa.schema(
    [
        field("diagnostic", pa.string(), "such as unigrams, bigrams, perplexity, token probabilities, embeddings"),
        field("prior", pa.string(), "the model that judged; empty where none did"),
        field("measure", pa.string(), "what was measured"),
        field("subject", pa.string(), "of what, or 'B - A' for the difference of two"),
        field("value", pa.float64(), "in the unit"),
        field("low", pa.float64(), "lower end of the 95% interval"),
        field("high", pa.float64(), "upper end of the 95% interval"),
        field("unit", pa.string(), "%, bits, buckets, times, or empty"),
    ]
)

BUCKETS = pa.schema(
    [
        _SUBJECT,
        field("kind", pa.string(), "unigrams or bigrams"),
        field("counts", pa.list_(pa.int64()), "of each of 10,000 hash buckets"),
    ]
)

DOCUMENT_PERPLEXITIES = pa.schema(
    [
        _SUBJECT,
        field("prior", pa.string(), "the model that judged"),
        field("passage_id", pa.int64(), "row number of the passage within the training split"),
        field("perplexity", pa.float64(), "of the passage, per token of the prior"),
    ]
)

EMBEDDING_MAP = pa.schema(
    [
        field("corpus", pa.string(), "human, machine, or the name of a data set"),
        field("row", pa.int64(), "of its passages"),
        field("x", pa.float64(), "t-SNE", nullable=True),
        field("y", pa.float64(), "t-SNE", nullable=True),
    ]
)

# what the diagnostics write beside their measurements
DETAILS = {"ngrams": BUCKETS, "embeddings": EMBEDDING_MAP}  # all others are priors: DOCUMENT_PERPLEXITIES
