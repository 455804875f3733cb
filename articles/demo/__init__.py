"""A store of invented news for trying the site: prose, names and pictures in data/, no Django."""
