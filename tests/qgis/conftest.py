"""The check is a script for the Python that has QGIS, and no module of tests."""

collect_ignore = ["check_project.py"]
