"""The plugin itself: its provider in the Processing toolbox, its words in one's language."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QLocale, QTranslator

from .provider import Provider

_WORDS = Path(__file__).with_name("i18n")


class Plugin:
    """What QGIS loads, with and without a window."""

    def __init__(self, iface):
        self.iface = iface
        self.provider = None
        self.translator = None

    def initProcessing(self):
        """Add the provider; `qgis_process` calls this alone."""
        self._translate()
        self.provider = Provider()
        QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self):
        """Add what the window shows: the provider, and nothing else."""
        self.initProcessing()

    def unload(self):
        """Take away what was added."""
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
        if self.translator is not None:
            QCoreApplication.removeTranslator(self.translator)
            self.translator = None

    def _translate(self):
        """Load the words of the person's language where a file of them lies in `i18n`."""
        settings = QgsSettings()
        chosen = settings.value("locale/overrideFlag", False, type=bool)
        name = settings.value("locale/userLocale", "", type=str) if chosen else ""
        name = name or QLocale.system().name()
        for one in (name, name[:2]):
            path = _WORDS / f"vawg_geo_{one}.qm"
            if path.is_file():
                self.translator = QTranslator()
                self.translator.load(str(path))
                QCoreApplication.installTranslator(self.translator)
                return
