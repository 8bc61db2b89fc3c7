# What can be pressed. Slack cuts long ones.
button-save = Save
button-why = Why this
button-related = Related coverage
button-share = Share to …
button-back = Back
button-next = Next
button-remove = Remove
button-undo = Undo
button-erase = Erase all of it
confirm-title = Are you sure?
confirm-cancel = Cancel
