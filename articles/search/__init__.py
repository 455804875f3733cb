"""Full-text search of public articles, on SQLite and PostgreSQL behind one interface."""
