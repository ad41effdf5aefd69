"""Which of the published figures over time are counts that the maps have too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vawg_geo.terms.codes import read_sex
from vawg_geo.terms.indicators import slug

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vawg_geo.overlays.history.settings import HistorySeries, HistorySettings

__all__ = ["counts_of_the_maps"]


def counts_of_the_maps(
    figures: pd.DataFrame, settings: HistorySettings, *, indicators: Mapping[str, str]
) -> pd.DataFrame:
    """Figures of a series whose indicator, or group, bears the name of an indicator of the project.

    The whole is the indicator's count. A group is one where its name is a sex, `indicator: group`
    is an indicator, or both the series, or its whole, and the group have names of indicators.

    Parameters
    ----------
    figures : pandas.DataFrame
        As the form reads them, and as `require_series` lets them through.
    settings : HistorySettings
    indicators : mapping of str to str
        Name of each indicator of the project, by the `slug` of its name and of its title.

    Returns
    -------
    pandas.DataFrame
        Facts as `areas.joining.figures.published_figures` takes them, under the project's names.

    Examples
    --------
    >>> from vawg_geo.overlays.history.settings import HistorySeries, HistorySettings
    >>> figures = pd.DataFrame({"area_code": "E07000008", "indicator": "referrals", "sex": "",
    ...     "category": ["all", "Women", "Unborn"], "period": "2015/16",
    ...     "value": ["65", "50", "4"], "status": "", "source": ""})
    >>> series = HistorySeries(indicator="referrals", title="Referrals made", whole="all")
    >>> found = counts_of_the_maps(figures, HistorySettings(series=(series,)),
    ...     indicators={"referrals_made": "refs"})
    >>> found[["indicator", "sex", "value"]].values.tolist()
    [['refs', '', '65'], ['refs', 'female', '50']]
    """
    rows = [
        {**row, **cell, "category": "", "unit": ""}
        for series in settings.series
        for row in figures[figures["indicator"] == series.indicator].to_dict("records")
        if row["status"] not in ("missing", "suppressed")
        for cell in _cells(str(row["category"]), str(row["sex"]), series, indicators)
    ]
    return pd.DataFrame(rows, columns=[*figures.columns, *({"unit"} - set(figures.columns))])


def _cells(
    group: str, sex: str, series: HistorySeries, indicators: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Indicators and sexes that a group of a series is one of."""
    own = {"sex": read_sex(sex) or sex}
    found = dict.fromkeys((series.indicator, series.title))
    names = [name for text in found if text and (name := indicators.get(slug(text)))]
    if group == series.whole:
        yield from ({"indicator": name, **own} for name in dict.fromkeys(names))
    elif not sex and (of_group := read_sex(group)):
        yield from ({"indicator": name, "sex": of_group} for name in dict.fromkeys(names))
    texts = [f"{text}: {group}" for text in found if text]
    # An indicator may have the name of a group by chance, but hardly that of its whole as well.
    if names or slug(series.whole) in indicators:
        texts.append(group)
    parts = [name for text in texts if (name := indicators.get(slug(text)))]
    yield from ({"indicator": name, **own} for name in dict.fromkeys(parts) if name not in names)
