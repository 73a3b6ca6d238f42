"""Whether machine-written text is narrower than human text, and where."""

from dataclasses import asdict

import numpy as np

from uncollapse.artifacts.measurements import DETAILS, DOCUMENT_PERPLEXITIES, MEASUREMENTS
from uncollapse.artifacts.parquet import write_rows, write_table
from uncollapse.jobs.stage import Stage
from uncollapse.pretraining.diagnosis import of_embeddings, of_log_probs, of_ngrams, subjects


def run(stage: Stage) -> None:
    """Inputs passages, dataset_NAME for selections, and prior or encoder; outputs measurements, details.

    Spec: diagnostic (ngrams, embeddings, or the name of a prior), passages, datasets, seed, compute.
    """

    spec = stage.spec
    datasets = {name: stage.input(f"dataset_{name}") for name in spec["datasets"]}
    kind, seed, progress = spec["diagnostic"], spec["seed"], stage.progress(unit="texts")
    most, key = spec["passages"], "counted" if kind == "ngrams" else "passages"
    people = 2 * most if kind == "embeddings" else most  # the other half of human text is the yardstick
    texts, ids = subjects(stage.input("passages"), datasets, most=most, key=key, human=people)
    if kind == "ngrams":
        rows, details = of_ngrams(texts, seed=seed)
    elif kind == "embeddings":
        from uncollapse.jobs.device import prepared
        from uncollapse.language.sentence_embeddings import embed

        device, _ = prepared(stage)
        embeddings = {}
        for name, each in texts.items():
            progress.start(total=len(each))
            embeddings[name] = embed(each, encoder=str(stage.input("encoder")), device=device, progress=progress.update)
            progress.finish()
        rows, found = of_embeddings(embeddings, prior=spec["encoder"], seed=seed)
        details = {name: found[name].tolist() for name in found.columns}
    else:
        from uncollapse.editing.documents import Documents
        from uncollapse.editing.edit import log_probs
        from uncollapse.editing.load import load_job_prior
        from uncollapse.language.text import encode_texts

        prior = load_job_prior(stage, "prior")
        scores = {}
        progress.start(total=sum(map(len, texts.values())))
        for name, each in texts.items():
            documents = Documents.of_lists(ids[name], encode_texts(prior.tokenizer, each))
            scores[name] = np.split(log_probs(documents, prior), documents.offsets[1:-1])
            progress.update(sum(map(len, scores.values())))
        progress.finish()
        rows, details = of_log_probs(scores, ids, prior=kind, seed=seed)
    write_rows(stage.output("measurements"), [asdict(row) for row in rows], MEASUREMENTS)
    write_table(stage.output("details"), details, DETAILS.get(kind, DOCUMENT_PERPLEXITIES))
