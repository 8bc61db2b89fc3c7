# Who may do what.
admins-only = { $usage } is for the people who run this workspace, and for those named in HEATLINE_ADMINS.
