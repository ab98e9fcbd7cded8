"""Units, people, posts, groups and roles, all dated; who may see and do what."""
