# Worte zwischen Menschen und Bot, die keine Nachrichten sind.
talk-hello = Hallo! Frag mich nach KI-Nachrichten: nach einem Thema wie robotics oder nach beliebigen Wörtern. „help“ zeigt alles, was ich kann.
talk-welcome = Gern geschehen.

# Was Slack nicht getan hat, und wer es wie behebt.
slack-unreached = Slack ist gerade nicht erreichbar. Bitte versuch es in einer Minute noch einmal.
slack-unknown = Slack hat nicht gesagt, ob das geklappt hat. Sieh bitte nach, bevor du es noch einmal versuchst.
slack-no-scope = Dafür fehlt mir eine Berechtigung. Wer diesen Bot betreibt, muss die App mit allen Berechtigungen neu installieren; „heatline check“ nennt, was fehlt.
slack-no-scope-named = Mir fehlt die Berechtigung { $scope }. Wer diesen Bot betreibt, muss sie auf der Seite der App unter „OAuth & Permissions“ hinzufügen und die App neu installieren.
slack-not-inside = Ich bin nicht in diesem Channel. Gib dort /invite @Heatline ein und versuch es dann noch einmal.
slack-archived = Dieser Channel ist archiviert. Wähl einen anderen oder hol ihn zuerst aus dem Archiv.
slack-restricted = Dieser Workspace lässt mich in diesem Channel nicht schreiben. Wer den Workspace verwaltet, kann es in den Einstellungen des Channels erlauben.
slack-threads-only = In diesem Channel kann man nur in Threads antworten. Wähl einen anderen.
slack-no-threads = In diesem Thread darf ich nicht antworten. Frag mich direkt oder mit /news.
slack-user-not-inside = Du bist nicht in diesem Channel. Tritt ihm bei und versuch es dann noch einmal.
slack-no-user = Slack kennt diese Person hier nicht. Wähl jemand anderen.
slack-uninstalled = Slack lässt diese App nicht mehr herein. Wer diesen Bot betreibt, muss sie neu installieren.
slack-too-late = Das hat für einen Dialog in Slack zu lange gedauert. Bitte versuch es noch einmal.

# Was der Bot denen sagt, die ihn in einen Channel einladen.
hello-posted = Hallo, und danke für die Einladung! Das poste ich hier:
hello-digest = • { $title }: { $when } ({ $zone }), für dich das nächste Mal am { $next }
hello-more = • und { $number } weitere
hello-all-news = Alle KI-Nachrichten
hello-nothing = Hallo, und danke für die Einladung! Ich poste hier nichts, bis jemand diesen Channel abonniert: gib { $command } subscribe robotics in here ein.
hello-ask = Frag mich mit { $command } robots, dann siehst nur du die Antwort, oder mit meinem Namen, @Heatline robots, dann antworte ich in einem Thread. { $command } help zeigt alles Weitere. Diese Nachricht siehst nur du.

# Die Shortcuts und ihre Dialoge.
search-title = Nachrichten suchen
search-label = Was möchtest du wissen?
search-hint = robots since:7d
search-go = Suchen
search-looking = Ich suche …
related-title = Passende Nachrichten
related-known = Die Meldung zu diesem Link ist in der Bibliothek.
related-nothing = Die Bibliothek hat nichts, was zu dieser Nachricht passt.
related-no-words = In dieser Nachricht steht kein Wort, nach dem ich suchen könnte.
found-title = Heatline
found-close = Schließen
found-save = Speichern
found-share = Teilen …
