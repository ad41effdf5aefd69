"""What an overlay is: settings, tables that it reads and writes, what it lays over the rates.

Each has a folder beside this file and a name in `registry.OVERLAYS`; one from outside the package
is named by an entry point. Nothing here computes: an overlay's methods import what they need.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, Literal, NamedTuple, Protocol, TypeVar

from vawg_geo.errors import ConfigurationError
from vawg_geo.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from vawg_geo.areas.shared import Shared
    from vawg_geo.overlays.part import Part
    from vawg_geo.settings import HotspotSettings, OverlaySettings, SignificanceSettings
    from vawg_geo.terms.bridges import Bridge
    from vawg_geo.terms.declared import DeclaredTable
    from vawg_geo.terms.forms import Form
    from vawg_geo.words.blocks import Told

__all__ = [
    "NOTHING",
    "AskedFor",
    "Given",
    "Inputs",
    "NamedThere",
    "Overlay",
    "Protected",
    "ReadTables",
    "TableReader",
]

Laid = TypeVar("Laid", bound=Settings)


@dataclass(frozen=True, kw_only=True, eq=False)
class Inputs:
    """What an overlay has read.

    Attributes
    ----------
    tables : dict of str to pandas.DataFrame
        By name of their form.
    files : dict of str to Path
        By key of the configuration: files that nobody looked into, so that only an analyst's
        edition has them.
    """

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)


NOTHING: Final = Inputs()


class NamedThere(NamedTuple):
    """A name in an overlay's settings that must be that of something else in the project."""

    name: str
    of: Literal["indicator", "area"]
    role: str
    also: frozenset[str] = frozenset()


class TableReader(Protocol):
    """What reads an overlay's tables and ties them to the areas: `areas.reference.OverlayReader`.

    Attributes
    ----------
    areas : dict of str to geopandas.GeoDataFrame
        Layers by level.
    lsoas : pandas.DataFrame or None
        The small areas of the project.
    """

    areas: dict[str, gpd.GeoDataFrame]
    lsoas: pd.DataFrame | None

    def table(self, form: Form, file: str, settings: Settings) -> pd.DataFrame:
        """Read one table and tie it to the areas, as its form says."""


class ReadTables(Protocol):
    """What overlays have read, as far as an edition may know it: `areas.reference.Reference`."""

    @property
    def lsoas(self) -> pd.DataFrame | None:
        """The small areas of the project."""

    @property
    def inputs(self) -> Mapping[str, Inputs]:
        """What each overlay has read, by its name."""

    def of(self, overlay: str) -> Inputs:
        """What an overlay has read; nothing where the configuration does not name it."""

    def table(self, overlay: str, name: str) -> pd.DataFrame | None:
        """One table of an overlay, or None where it has none."""


class AskedFor(Protocol):
    """What an overlay may ask of the configuration: `project.Project`."""

    @property
    def overlays(self) -> OverlaySettings:
        """Settings of every overlay."""

    @property
    def hotspots(self) -> HotspotSettings:
        """Which areas are neighbours, among others."""

    @property
    def significance(self) -> SignificanceSettings:
        """Comparator and rule."""


class Protected(Protocol):
    """What an overlay sees of an edition: `disclosure.gate.Edition`.

    Declared here and not imported, so that no room before that of the gate imports it.
    """

    @property
    def name(self) -> str:
        """`public`, `partnership` or `analyst`."""

    @property
    def counts(self) -> pd.DataFrame:
        """Protected counts; hidden ones are missing."""

    @property
    def populations(self) -> pd.DataFrame:
        """Residents by area and sex."""

    @property
    def areas(self) -> dict[str, gpd.GeoDataFrame]:
        """Outlines by level."""

    @property
    def bridges(self) -> dict[str, tuple[Bridge, ...]]:
        """Pairs of areas across water that count as neighbours, by level."""

    @property
    def reference(self) -> ReadTables:
        """What overlays have read."""

    @property
    def project(self) -> AskedFor:
        """The configuration."""

    @property
    def shared(self) -> Shared:
        """Answers that are kept."""

    def area_names(self) -> dict[str, str]:
        """Name of every area, by code."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Given(Generic[Laid]):
    """What an overlay computes from.

    Attributes
    ----------
    edition : Protected
        Protected counts, areas and names; what other overlays have read, as `reference`.
    rates : pandas.DataFrame
        The edition's rates (`tables.RATES`).
    settings : Settings
        The overlay's own.
    inputs : Inputs
        What it has read, as far as the edition may know it.
    before : dict of str to Part
        What the overlays before it have given, by name.
    """

    edition: Protected
    rates: pd.DataFrame
    settings: Laid
    inputs: Inputs
    before: Mapping[str, Part] = field(default_factory=dict)

    def lsoas(self) -> pd.DataFrame:
        """The project's small areas, as `areas.reference.Reference` has them."""
        found = self.edition.reference.lsoas
        if found is None:
            msg = "[overlays.lsoas] is not named. An overlay that needs it says so: lsoas = ..."
            raise ConfigurationError(msg)
        return found


class Overlay(Generic[Laid]):
    """Something that is laid over the rates.

    Attributes
    ----------
    name : str
        Key under `[overlays]`.
    settings : type
        What may stand there; a frozen `settings.Settings`.
    forms : tuple of Form
        Tables that it reads.
    files : tuple of str
        Keys of its settings that name files which it reads by itself, for the analyst's edition.
    tables : tuple of DeclaredTable
        Tables that it writes. One that is not declared here is a finding of the audit.
    lsoas : {"", "needed", "with places"}
        Whether it needs `[overlays.lsoas]`, and a place in each small area.
    place_in_report : int
        Where its part of the report stands, the lowest first.

    Examples
    --------
    >>> class Notes(Overlay[Settings]):
    ...     name = "notes"
    ...     settings = Settings
    >>> Notes()
    <overlay 'notes'>
    """

    name: str
    settings: type[Laid]
    forms: tuple[Form, ...] = ()
    files: tuple[str, ...] = ()
    tables: tuple[DeclaredTable, ...] = ()
    lsoas: Literal["", "needed", "with places"] = ""
    place_in_report: int = 9

    def __repr__(self) -> str:
        return f"<overlay {self.name!r}>"

    def read(self, reader: TableReader, settings: Laid) -> Mapping[str, pd.DataFrame]:
        """Read the tables that the settings name, each tied to the areas as its form says.

        Parameters
        ----------
        reader : TableReader
        settings : Settings

        Returns
        -------
        dict of str to pandas.DataFrame
            By name of the form; without those that the settings do not name.
        """
        return {
            form.name: reader.table(form, file, settings)
            for form in self.forms
            if (file := getattr(settings, form.setting))
        }

    def names(self, settings: Laid, inputs: Inputs) -> Iterator[NamedThere]:  # noqa: ARG002
        """Names in the settings that must be those of an indicator or an area of the project."""
        return iter(())

    def known(
        self,
        settings: Laid,  # noqa: ARG002
        inputs: Inputs,  # noqa: ARG002
        *,
        indicators: Mapping[str, str],  # noqa: ARG002
    ) -> pd.DataFrame | None:
        """Published counts among the inputs that are of the project's own cells; by default none.

        Tables of a form whose `row_of` is "figure" are looked at anyway, as far as they name an
        indicator of the project and no category.

        Parameters
        ----------
        settings : Settings
        inputs : Inputs
        indicators : mapping of str to str
            Name of each indicator of the project, by the `slug` of its name and of its title.

        Returns
        -------
        pandas.DataFrame, optional
            Facts as `areas.joining.figures.published_figures` takes them.
        """
        return None

    def texts(self, settings: Laid) -> Iterator[tuple[str, str]]:
        """Texts of the settings that may be printed: the key, and the text.

        By default every text that names no file.
        """
        files = {form.setting for form in self.forms} | set(self.files)
        for key in settings.__struct_fields__:
            if key not in files and isinstance(text := getattr(settings, key), str):
                yield f"[overlays.{self.name}] {key}", text

    def for_other_counts(self, settings: Laid) -> Laid | None:
        """Settings beside counts that the configuration was not written for.

        Without what they say of the former counts; None where nothing is left.
        """
        return settings

    def allow(self, inputs: Inputs, *, edition: str) -> Inputs:  # noqa: ARG002
        """Give what an edition may know of the inputs; by default all of it.

        What no overlay may show is not asked here: `disclosure.overlays` refuses it.

        Parameters
        ----------
        inputs : Inputs
        edition : {"public", "partnership", "analyst"}

        Returns
        -------
        Inputs
        """
        return inputs

    def compute(self, given: Given[Laid]) -> Part:  # noqa: ARG002
        """Compute tables and layers; by default none.

        Parameters
        ----------
        given : Given

        Returns
        -------
        Part
        """
        from vawg_geo.overlays.part import Part

        return Part()

    def report(
        self,
        tables: Mapping[str, pd.DataFrame],  # noqa: ARG002
        *,
        titles: Mapping[str, str],  # noqa: ARG002
    ) -> Iterator[Told]:
        """Say in the report what the overlay has to say; by default nothing.

        Each is a section: it begins with a heading.

        Parameters
        ----------
        tables : mapping of str to pandas.DataFrame
            Its own that have rows.
        titles : mapping of str to str
            Title of each indicator, by its name.

        Returns
        -------
        iterator of Told
        """
        return iter(())

    def findings(self, tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:  # noqa: ARG002
        """Say on the report's first page what stands out; by default nothing.

        Parameters
        ----------
        tables : mapping of str to pandas.DataFrame
            Its own that have rows.

        Returns
        -------
        iterator of str
            Sentences of at most 40 words.
        """
        return iter(())
