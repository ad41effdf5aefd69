"""QGIS plugin: maps of violence against women and girls, computed by the package vawg_geo."""


def classFactory(iface):
    """Make the plugin, as QGIS asks for it."""
    from .plugin import Plugin

    return Plugin(iface)
