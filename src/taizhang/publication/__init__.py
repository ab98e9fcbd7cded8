"""What becomes public: release, schedule, the public site, packages to paste elsewhere."""
