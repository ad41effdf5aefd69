"""What an edition shows, computed from its protected counts; nobody writes here."""
