# What chooses a form of /news; commas part several. Every language understands these, too.
command-topics = topics
command-digest = digest
command-subscribe = subscribe
command-unsubscribe = unsubscribe
command-settings = settings
command-why = why
command-mute = mute
command-unmute = unmute
command-muted = muted
command-reset = reset
command-saved = saved
command-forget-me = forget me
command-post = post
command-status = status
command-help = help
