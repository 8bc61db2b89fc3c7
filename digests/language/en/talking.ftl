# Words between people and the bot that are no news.
talk-hello = Hello! Ask me for AI news: a topic such as robotics, or any words. "help" lists all that I can do.
talk-welcome = You are welcome.

# What Slack did not do, and who mends it how.
slack-unreached = Slack could not be reached. Please try again in a minute.
slack-unknown = Slack did not say whether that worked. Please look before you try again.
slack-no-scope = I lack a permission for that. Whoever runs this bot has to install the app again with all its permissions; "heatline check" names what is missing.
slack-no-scope-named = I lack the permission { $scope }. Whoever runs this bot has to add it on the app's page, under OAuth & Permissions, and install the app again.
slack-not-inside = I am not in that channel. Type /invite @Heatline there, then try again.
slack-archived = That channel is archived. Choose another, or unarchive it first.
slack-restricted = This workspace does not let me post in that channel. Someone who runs the workspace can allow it in the channel's settings.
slack-threads-only = That channel takes replies in threads only. Choose another.
slack-no-threads = I may not answer in that thread. Ask me directly, or with /news.
slack-user-not-inside = You are not in that channel. Join it, then try again.
slack-no-user = Slack does not know that person here. Choose somebody else.
slack-uninstalled = Slack does not let this app in any more. Whoever runs this bot has to install it again.
slack-too-late = That took too long for Slack to open a dialog. Please try again.

# What the bot says to who invited it to a channel.
hello-posted = Hello, and thank you for the invitation! This is what I post here:
hello-digest = • { $title }: { $when } ({ $zone }), for you next on { $next }
hello-more = • and { $number } more
hello-all-news = All AI news
hello-nothing = Hello, and thank you for the invitation! I post nothing here until somebody subscribes this channel: type { $command } subscribe robotics in here.
hello-ask = Ask me with { $command } robots, and only you see the answer, or by my name, @Heatline robots, and I answer in a thread. { $command } help lists the rest. Only you see this message.

# The shortcuts and their dialogs.
search-title = Search news
search-label = What do you want to know?
search-hint = robots since:7d
search-go = Search
search-looking = Looking …
related-title = Related news
related-known = That link's story is in the library.
related-nothing = The library has nothing like that message.
related-no-words = That message has no words to look for.
found-title = Heatline
found-close = Close
found-save = Save
found-share = Share to …
