# 誰が何をできるか。
admins-only = { $usage } を使えるのは、ワークスペースの管理者と HEATLINE_ADMINS に挙げられた人だけです。
