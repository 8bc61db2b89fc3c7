# Der Dialog, mit dem man eine Meldung teilt.
share-title = Meldung teilen
share-submit = Teilen
share-close = Abbrechen
share-story = Eine Meldung zum Teilen
share-where = Wohin
share-note = Deine Notiz
share-note-hint = Warum das für uns wichtig ist
share-said = Teilen: { $said }
share-maybe = Deine Meldung wurde vielleicht gepostet: Slack hat es nicht gesagt. Bitte sieh dort nach, bevor du sie noch einmal teilst.
share-no-place = Teilen kannst du eine Meldung nur in einem Channel. Wähl einen aus.
share-unchecked = Ich kann nicht sehen, ob du in dieser Unterhaltung dabei bist. Teile aus dem Menü dort oder wähl einen öffentlichen Channel.
share-stranger = Du bist in dieser Unterhaltung nicht dabei. Wähl eine andere.
