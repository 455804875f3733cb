"""The events of the invented world (floor 0): a module for each top topic."""

from articles.demo.events import business, culture, health, science, sport, technology

KINDS = (*science.KINDS, *technology.KINDS, *health.KINDS, *business.KINDS, *culture.KINDS, *sport.KINDS)
