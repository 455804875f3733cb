"""What tells how the site is: probes, numbers, and the addresses at which watchers ask."""
