"""What a visitor of each binding costs: a served page of each framework, looked at in Chromium."""
