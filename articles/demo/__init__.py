"""A store of invented news for trying the site (floor 0): names, stories, pictures; no Django."""
