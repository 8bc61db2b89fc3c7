# What readers are told where something went wrong.
try-again = Something went wrong on our side. Please try again in a minute.
not-now = That could not be done just now. Please try again in a minute.
no-news-now = The news could not be read just now. Please try again in a minute.
slack-busy = Slack is busy. Please try again in a minute.
slack-refused = Slack did not let me do that. The people who run this bot can see why in its log.
gone = The library has no article of that story any more: it was withdrawn, or is older than what is kept.
