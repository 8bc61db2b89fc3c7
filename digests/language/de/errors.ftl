# Was Leser hören, wenn etwas schiefging.
try-again = Bei uns ist etwas schiefgegangen. Bitte versuch es in einer Minute noch einmal.
not-now = Das ging gerade nicht. Bitte versuch es in einer Minute noch einmal.
no-news-now = Die Nachrichten ließen sich gerade nicht lesen. Bitte versuch es in einer Minute noch einmal.
slack-busy = Slack ist beschäftigt. Bitte versuch es in einer Minute noch einmal.
slack-refused = Slack hat mir das nicht erlaubt. Wer diesen Bot betreibt, sieht im Protokoll, warum.
gone = Die Bibliothek hat keinen Artikel zu dieser Meldung mehr: Sie wurde zurückgezogen oder ist älter als das, was aufbewahrt wird.
