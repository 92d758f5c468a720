"""The report: one HTML file with its pictures inside."""
