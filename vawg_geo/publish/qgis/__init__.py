"""The QGIS project."""
