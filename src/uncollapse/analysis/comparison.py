"""Comparison of our results with the paper's: one row per setting of the paper, whether we ran it or not."""

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from os import PathLike
from typing import IO, Any

import numpy as np
import pandas as pd

from uncollapse.analysis.table import Bounds, End, Row
from uncollapse.errors import DataError
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.replicates import Replicates

MEASURES = ("ours_mean", "ours_low", "ours_high", "ours_best", "seeds", "paper")
MEASURED = ("measured", "measured_best", "seeds")  # of a table that was measured elsewhere


def read_reported(source: str | PathLike[str] | IO[str]) -> pd.DataFrame:
    """A reported CSV as a frame; only an empty field is null, so that words such as ``none`` and ``NA`` survive."""
    return pd.read_csv(source, keep_default_na=False, na_values=[""])


def read_measured(path: str | PathLike[str], keys: Sequence[str]) -> pd.DataFrame:
    """The rows of a measured CSV.

    Raises
    ------
    DataError
        Where columns are missing.
    """
    frame = read_reported(path)
    missing = [name for name in (*keys, *MEASURED) if name not in frame.columns]
    if missing:
        raise DataError(f"{path}: columns {missing} are missing, found {list(frame.columns)}; measure it again")
    return frame


def compare(
    ours: pd.DataFrame,
    reported: pd.DataFrame | None,
    *,
    keys: Sequence[str],
    reported_value: str | None,
    best: End | Callable[[Row], End] = "max",
    bounds: Bounds | Callable[[Row], Bounds] = None,
    measured: pd.DataFrame | None = None,
    ours_first: bool = False,
    pooled: Sequence[str] | None = None,
    logarithms: bool | Callable[[Row], bool] = False,
) -> pd.DataFrame:
    """Mean, 95% interval over seeds and best seed of our runs, beside the number the paper prints.

    Parameters
    ----------
    ours : ``keys``, ``seed``, ``value`` (the paper's unit), one row per setting and seed; ``predicted`` where a formula
        says what the mean should be, the same for all seeds of a setting; ``alone`` where a setting's replicates share
        no spread with other settings; ``low`` and ``high`` where the interval of a setting's mean is known from more
        than its seeds, also the same for all of them, and null where it is not.
    reported : the paper's table: ``keys`` and ``reported_value``; None where no paper prints such a table.
    best : whether a higher or a lower value is the better one; a function of a row's key values where they differ.
    bounds : the values the quantity can take; the interval is cut there. Also a function where they differ.
    measured : the same table measured elsewhere, at another scale: ``keys`` and ``measured``.
    ours_first, pooled, logarithms : as in :class:`~uncollapse.analysis.table.Table`.

    Returns
    -------
    ``keys``, ours_mean, ours_low, ours_high, ours_best, seeds, paper, and where ours or ``measured`` has them predicted
    and measured. The paper's rows come first, in the paper's order, with nulls and ``seeds`` 0 where we did not run
    them; settings of ours that the paper lacks follow in the order of ``ours``, with ``paper`` null, and what was only
    ``measured`` comes last; with ``ours_first``, what we did not run follows what we did. The interval is null for a
    single seed. Integer keys come back as ``Int64``.

    Raises
    ------
    ValueError
        If a column is missing, a setting occurs twice in ``reported``, or a setting and seed occur twice in ``ours``.
    """
    keys = list(keys)
    _require(ours, [*keys, "seed", "value"], "our results")
    if reported is None or reported_value is None:
        reported_value = "paper"
        reported = ours.loc[[], keys].assign(paper=pd.Series(dtype=float))
    _require(reported, [*keys, reported_value], "the reported table")

    printed: dict[tuple[Hashable, ...], float] = {}
    settings: dict[tuple[Hashable, ...], tuple[Any, ...]] = {}
    for identity, setting, value in _cells(reported, keys, reported_value):
        if identity in printed:
            raise DataError(f"the reported table has {dict(zip(keys, setting, strict=True))} twice")
        settings[identity], printed[identity] = setting, value

    runs: dict[tuple[Hashable, ...], dict[Hashable, float]] = {}
    for (identity, setting, value), seed in zip(_cells(ours, keys, "value"), ours["seed"].tolist(), strict=True):
        settings.setdefault(identity, setting)
        seeds = runs.setdefault(identity, {})
        if seed in seeds:
            raise DataError(f"our results have {dict(zip(keys, setting, strict=True))} twice for seed {seed}")
        seeds[seed] = value

    predicted: dict[tuple[Hashable, ...], float] = {}
    if "predicted" in ours.columns:
        for identity, _, value in _cells(ours, keys, "predicted"):
            predicted.setdefault(identity, value)

    elsewhere: dict[tuple[Hashable, ...], float] = {}
    if measured is not None:
        _require(measured, [*keys, "measured"], "the measured table")
        for identity, setting, value in _cells(measured, keys, "measured"):
            settings.setdefault(identity, setting)
            elsewhere[identity] = value

    if ours_first:
        settings = dict(sorted(settings.items(), key=lambda item: item[0] not in runs))
    means = _means(ours, runs, settings, keys=keys, pooled=pooled, logarithms=logarithms)
    means |= _with_known_intervals(ours, keys, means)
    records = []
    for identity, setting in settings.items():
        values = [value for _, value in sorted(runs.get(identity, {}).items())]
        paper = printed.get(identity, math.nan)
        if values:
            row = dict(zip(keys, setting, strict=True))
            limits = bounds(row) if callable(bounds) else bounds
            estimate = (
                means[identity] if limits is None or math.isnan(means[identity].low) else means[identity].within(limits)
            )
            pick = {"max": max, "min": min}[best(row) if callable(best) else best]
            measures = (estimate.value, estimate.low, estimate.high, pick(values), len(values), paper)
        else:
            measures = (math.nan, math.nan, math.nan, math.nan, 0, paper)
        further = () if measured is None else (elsewhere.get(identity, math.nan),)
        records.append((*(None if pd.isna(part) else part for part in setting), *measures, *further))

    columns = [*MEASURES, *([] if measured is None else ["measured"])]
    frame = pd.DataFrame.from_records(records, columns=[*keys, *columns])
    types = {key: _key_type(reported[key], ours[key]) for key in keys}
    if "predicted" in ours.columns:
        frame["predicted"] = [predicted.get(identity, math.nan) for identity in settings]
    return frame.astype(types | dict.fromkeys(columns, "float64") | {"seeds": "int64"})


def _means(
    ours: pd.DataFrame,
    runs: Mapping[tuple[Hashable, ...], Mapping[Hashable, float]],
    settings: Mapping[tuple[Hashable, ...], tuple[Any, ...]],
    *,
    keys: Sequence[str],
    pooled: Sequence[str] | None,
    logarithms: bool | Callable[[Row], bool],
) -> dict[tuple[Hashable, ...], Estimate]:
    """Mean and interval of each setting that was run: over its family, the settings that share a spread with it."""
    alike = [keys.index(name) for name in pooled] if pooled is not None else range(len(keys))
    apart = (
        {identity for identity, _, alone in _cells(ours, keys, "alone") if alone} if "alone" in ours.columns else set()
    )
    families: dict[tuple[Hashable, ...], dict[tuple[Hashable, ...], list[float]]] = {}
    for identity, seeds in runs.items():
        family = identity if identity in apart else ("of", *(identity[place] for place in alike))
        families.setdefault(family, {})[identity] = list(seeds.values())
    found = {}
    for family in families.values():
        row = dict(zip(keys, settings[next(iter(family))], strict=True))
        logarithmic = logarithms(row) if callable(logarithms) else logarithms
        groups = Replicates({name: np.log(values) if logarithmic else values for name, values in family.items()})
        for identity in family:
            mean = groups.mean(identity)
            found[identity] = Estimate(*(math.exp(part) for part in mean)) if logarithmic else mean
    return found


def _with_known_intervals(
    ours: pd.DataFrame, keys: Sequence[str], means: Mapping[tuple[Hashable, ...], Estimate]
) -> dict[tuple[Hashable, ...], Estimate]:
    """Means of the settings whose rows bring an interval, with that one."""
    if not {"low", "high"} <= set(ours.columns):
        return {}
    ends = zip(_cells(ours, keys, "low"), _cells(ours, keys, "high"), strict=True)
    return {
        identity: Estimate(means[identity].value, low, high)
        for (identity, _, low), (_, _, high) in ends
        if not (math.isnan(low) or math.isnan(high))
    }


def _cells(
    frame: pd.DataFrame, keys: Sequence[str], column: str
) -> Iterator[tuple[tuple[Hashable, ...], tuple[Any, ...], float]]:
    """Identity, setting and number of each row."""
    for *setting, value in frame[[*keys, column]].itertuples(index=False, name=None):
        yield tuple(_identity(part) for part in setting), tuple(setting), float(value)


def _identity(part: Any) -> Hashable:
    """A key value under which 2, 2.0 and a NumPy 2 are the same setting, and all nulls are."""
    if pd.isna(part):
        return None
    if isinstance(part, str):
        return part
    return round(float(part), 9)


def _key_type(reported: pd.Series, ours: pd.Series) -> str:
    """The type of a key column as the reported table has it; where that is empty, as ours has it."""
    column = ours if reported.isna().all() else reported
    if pd.api.types.is_integer_dtype(column):
        return "Int64"
    return "float64" if pd.api.types.is_numeric_dtype(column) or column.isna().all() else "str"


def _require(frame: pd.DataFrame, columns: Sequence[str], what: str) -> None:
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise DataError(f"{what}: missing columns {missing}, found {list(frame.columns)}")
