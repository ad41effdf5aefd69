"""Words that a person reads, in her language where there is a translation."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication


def tr(text):
    """Words in the language of QGIS, the same where they are not translated."""
    return QCoreApplication.translate("vawg_geo", text)
