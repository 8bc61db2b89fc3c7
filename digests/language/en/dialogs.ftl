# The dialog that shares a story.
share-title = Share a story
share-submit = Share
share-close = Cancel
share-story = A story to share
share-where = Where to
share-note = Your note
share-note-hint = Why this matters to us
share-said = Share: { $said }
share-maybe = Your story may have been posted: Slack did not say. Please look there before you share it again.
share-no-place = A story can be shared in a channel only. Choose one.
share-unchecked = I cannot see whether you are in that conversation. Share from its own menu, or choose a public channel.
share-stranger = You are not in that conversation. Choose another.
