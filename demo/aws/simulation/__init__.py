"""Runs a pipeline definition on paper: which steps ran, when, how they ended, and the jobs they left behind."""
