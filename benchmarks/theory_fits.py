"""Simulated fits per second of processor time: the theory's sweeps against plain scikit-learn and NumPy loops.

Both sides run in the same process, on one thread, at the default sizes. The plain loop is what one would write first:
for each trial and setting draw the data, flip and select labels, fit, and score (with the same exact accuracy, so
that no test set slows it down). A second column shares each trial's data among the settings, so that what remains is
the fit itself. The plain loops run on a random part of the sweep, since the whole would take an hour; a fit is a fit.

    python benchmarks/theory_fits.py [--seconds 20]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from uncollapse.theory.accumulation import simulate_statistics
from uncollapse.theory.finite_sample import SyntheticPool, draw_generator, student_path, verifier
from uncollapse.theory.gaussian_mixture import LabelFlips, draw_mixture, selected_signs
from uncollapse.theory.linear_accuracy import agreement_with_bayes, cosine_to
from uncollapse.theory.regression import least_squares_rounds
from uncollapse.theory.simulate import load_simulation

SETTINGS = {
    name: load_simulation(name).Settings()
    for name in ("mixture_curves", "finite_sample", "least_squares", "accumulation")
}


def rate_of(fits: Iterator[int], seconds: float) -> float:
    """Fits per CPU second of an iterator that yields how many it just did, run for about so long."""
    done, begin = 0, time.process_time()
    for count in fits:
        done += count
        if time.process_time() - begin > seconds:
            break
    return done / (time.process_time() - begin)


def scikit_learn(features: np.ndarray, signs: np.ndarray, penalty: float) -> np.ndarray:
    """One ridge-logistic fit of the kept rows; all of one class counts as done."""
    kept = signs != 0
    if len(np.unique(signs[kept])) < 2:
        return np.zeros(features.shape[1])
    return (
        LogisticRegression(fit_intercept=False, C=1 / penalty, max_iter=1000).fit(features[kept], signs[kept]).coef_[0]
    )


def mixture(seconds: float) -> dict[str, float]:
    """Figure 5 left at d = 200, N = 4000."""
    chosen = SETTINGS["mixture_curves"]
    dimension, n_points = 200, 4000
    one_size = chosen.model_copy(update={"sizes": [(dimension, n_points)], "trials": 5})
    grid = [(phi, psi, p) for phi, psi in chosen.pruners for p in chosen.error_rates]
    rng = np.random.default_rng(0)

    def ours() -> Iterator[int]:
        while True:
            yield len(load_simulation("mixture_curves").simulate(one_size, rng))

    def draw() -> tuple:
        data = draw_mixture(
            n_points=n_points, dimension=dimension, mean_square=chosen.mean_square, case="symmetric", rng=rng
        )
        return data, LabelFlips.draw(n_points, rng)

    def plain(shared: bool) -> Iterator[int]:
        data, flips = draw()
        while True:
            phi, psi, p = grid[rng.integers(len(grid))]
            if not shared:
                data, flips = draw()
            signs = selected_signs(data.labels, flips, error_rate=[p], phi=[phi], psi=[psi])[:, 0]
            weights = scikit_learn(data.features, signs, chosen.penalty * n_points)
            agreement_with_bayes(cosine_to(weights[:, None], data.means[1]), separation=data.means[1, 0] / data.noise)
            yield 1

    return {
        "ours": rate_of(ours(), seconds),
        "plain": rate_of(plain(False), seconds),
        "shared data": rate_of(plain(True), seconds),
    }


def finite_sample(seconds: float) -> dict[str, float]:
    """Figure 3: one trial of ours; for the plain loop one curve after the other, each n' once, until the time is up."""
    chosen = SETTINGS["finite_sample"]
    rng = np.random.default_rng(1)

    def draw() -> tuple[SyntheticPool, np.ndarray]:
        pool = SyntheticPool(n_points=chosen.n_synthetic, dimension=chosen.dimension, tau=chosen.tau, rng=rng)
        vectors, uniforms = [], []
        for size in chosen.n_original:
            vectors.append(draw_generator(n_original=size, dimension=chosen.dimension, tau=chosen.tau, rng=rng))
            uniforms.append(rng.random(chosen.n_synthetic, dtype=np.float32))
            vectors += [verifier(angle, chosen.dimension, rng) for angle in chosen.verifier_angles]
        columns = []
        for (of_generator, *of_verifiers), uniform in zip(
            np.split(pool.margins(vectors), len(uniforms)), uniforms, strict=True
        ):
            generated = pool.generate(of_generator, uniform)
            columns += [generated, *(pool.agreeing(generated, margins) for margins in of_verifiers)]
        return pool, np.stack(columns, axis=1)

    def ours() -> Iterator[int]:
        while True:
            pool, signs = draw()
            yield student_path(
                pool, signs, selected=chosen.selected, penalty=chosen.penalty, tolerance=chosen.tolerance
            ).size

    def plain(shared: bool) -> Iterator[int]:
        pool, signs = draw()
        while True:
            column = rng.integers(signs.shape[1])
            for n_selected in chosen.selected:
                if not shared:
                    fresh = SyntheticPool(n_points=2 * n_selected, dimension=chosen.dimension, tau=chosen.tau, rng=rng)
                    generator = draw_generator(n_original=500, dimension=chosen.dimension, tau=chosen.tau, rng=rng)
                    margins = fresh.margins([generator])[0]
                    labels = fresh.generate(margins, rng.random(2 * n_selected, dtype=np.float32))
                    kept = fresh.agreeing(labels, fresh.features[:, 0])
                    rows = np.flatnonzero(kept)[:n_selected]
                    scikit_learn(fresh.features[rows], kept[rows], chosen.penalty)
                else:
                    rows = np.flatnonzero(signs[:, column])[:n_selected]
                    scikit_learn(pool.features[rows], signs[rows, column], chosen.penalty)
            yield len(chosen.selected)

    return {
        "ours": rate_of(ours(), seconds),
        "plain": rate_of(plain(False), seconds),
        "shared data": rate_of(plain(True), seconds),
    }


def regression(seconds: float) -> dict[str, float]:
    """Least squares over rounds at the default d and T_0."""
    chosen = SETTINGS["least_squares"]
    rng = np.random.default_rng(2)
    sizes = np.full(chosen.rounds, chosen.n_generated)

    def ours() -> Iterator[int]:
        while True:
            yield least_squares_rounds(
                dimension=chosen.dimension, n_points=sizes, noise=np.ones(chosen.rounds), trials=200, rng=rng
            ).size

    def plain() -> Iterator[int]:
        weights = np.zeros(chosen.dimension)
        while True:
            rows = rng.standard_normal((chosen.n_generated, chosen.dimension))
            labels = rows @ weights + rng.standard_normal(chosen.n_generated)
            weights = np.linalg.lstsq(rows, labels, rcond=None)[0]
            yield 1

    return {"ours": rate_of(ours(), seconds), "plain": rate_of(plain(), seconds)}


def accumulation(seconds: float) -> dict[str, float]:
    """Accumulating fresh rows over 100 rounds, d = 32, T = 316, three noise levels."""
    dimension, n_points, rounds = 32, 316, 100
    variances = SETTINGS["accumulation"].noise_variances
    rng = np.random.default_rng(3)

    def ours() -> Iterator[int]:
        while True:
            yield simulate_statistics(
                "accumulate",
                dimension=dimension,
                n_points=n_points,
                noise_variances=variances,
                rounds=rounds,
                same_design=False,
                trials=5,
                rng=rng,
            ).size

    def plain() -> Iterator[int]:
        while True:
            weights = np.zeros(dimension)
            rows, labels = np.empty((0, dimension)), np.empty(0)
            for _ in range(rounds):
                new = rng.standard_normal((n_points, dimension))
                rows = np.concatenate([rows, new])
                labels = np.concatenate([labels, new @ weights + rng.standard_normal(n_points)])
                weights = np.linalg.lstsq(rows, labels, rcond=None)[0]
            yield rounds

    return {"ours": rate_of(ours(), seconds), "plain": rate_of(plain(), seconds)}


SWEEPS: dict[str, Callable[[float], dict[str, float]]] = {
    "mixture": mixture,
    "finite_sample": finite_sample,
    "regression": regression,
    "accumulation": accumulation,
}


def main() -> None:
    """Print fits per second and ratios of every sweep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=8.0, help="time for each measurement")
    seconds = parser.parse_args().seconds
    print(f"{'sweep':<16}{'ours':>12}{'plain loop':>12}{'ratio':>8}{'shared data':>13}{'ratio':>8}   (fits/CPU s)")
    for name, sweep in SWEEPS.items():
        with threadpool_limits(1):
            found = sweep(seconds)
        line = f"{name:<16}{found['ours']:>12.1f}{found['plain']:>12.1f}{found['ours'] / found['plain']:>7.0f}x"
        if "shared data" in found:
            line += f"{found['shared data']:>13.1f}{found['ours'] / found['shared data']:>7.0f}x"
        print(line, flush=True)


if __name__ == "__main__":
    main()
