"""Every sentence and colour that a reader meets."""
