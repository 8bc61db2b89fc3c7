# Wer was darf.
admins-only = { $usage } ist denen vorbehalten, die diesen Workspace verwalten oder in HEATLINE_ADMINS stehen.
