"""What every binding promises, as tests of three small apps that show the same: in one Chromium, by roles and names."""
