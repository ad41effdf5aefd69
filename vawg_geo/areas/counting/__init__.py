"""Points counted into areas."""
