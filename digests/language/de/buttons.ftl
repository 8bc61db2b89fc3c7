# Was man drücken kann. Slack kürzt Langes.
button-save = Speichern
button-why = Warum das?
button-related = Weitere Berichte
button-share = Teilen mit …
button-back = Zurück
button-next = Weiter
button-remove = Entfernen
button-undo = Rückgängig
button-erase = Alles löschen
confirm-title = Bist du sicher?
confirm-cancel = Abbrechen
