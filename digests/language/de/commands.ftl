# Womit man eine Form von /news wählt, außer mit dem englischen Wort; mehrere trennen Kommas.
command-topics = themen, themenliste
command-digest = ausgabe
command-subscribe = abonnieren, abonniere
command-unsubscribe = abbestellen, deabonnieren
command-settings = einstellungen, abos
command-why = warum, wieso
command-mute = stummschalten, ausblenden
command-unmute = einblenden
command-muted = stummgeschaltet, ausgeblendet
command-reset = zurücksetzen
command-saved = gespeichert, gemerkt
command-forget-me = vergiss mich
command-post = posten
command-status = zustand
command-help = hilfe
