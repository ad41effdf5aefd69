"""The provider: what stands in the Processing toolbox under the plugin's name."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .change import Change
from .counting import Count
from .patterns import Hotspots, Scan
from .rates import Rates
from .rebasing import Rebase
from .review import DisclosureCheck
from .styling import Style
from .words import tr

ALGORITHMS = (Rates, Change, Hotspots, Scan, Count, Rebase, DisclosureCheck, Style)
ICON = Path(__file__).with_name("icon.svg")


class Provider(QgsProcessingProvider):
    """Algorithms of vawg_geo."""

    def loadAlgorithms(self):
        """Add each algorithm."""
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm())

    def id(self):
        """Name in models, scripts and `qgis_process`."""
        return "vawg_geo"

    def name(self):
        """Name in the toolbox."""
        return tr("Violence against women and girls")

    def longName(self):
        """Name with the package that computes."""
        return tr("Violence against women and girls (vawg_geo)")

    def icon(self):
        """Icon in the toolbox."""
        return QIcon(str(ICON))

    def svgIconPath(self):
        """Icon as a file, for sizes of one's own."""
        return str(ICON)
