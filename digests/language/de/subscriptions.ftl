# Wann ein Abonnement kommt.
when-told = { $days } um { $times }
when-daily = täglich
when-weekdays = werktags
when-weekend = am Wochenende
when-every = jeden { $days }
when-cron = nach der Crontab-Zeile { $cron }
when-odd-word = Was heißt „{ $word }“ für die Zeit? Schreib Tage und Uhrzeiten, etwa „werktags um 8:30“, „jeden Montag um 9 Uhr“ oder „täglich um 18h“.
when-odd-time = „{ $time }“ ist keine Uhrzeit. Schreib sie als 8:30, 9 Uhr oder 18h.
when-minutes = Alle Zeiten eines Abonnements haben dieselben Minuten, etwa „um 8:30 und 17:30“. Für andere abonniere zweimal.
when-many-times = Ein Abonnement kommt höchstens { $most }-mal am Tag.
when-too-long = So viel braucht eine Uhrzeit nicht: { $most } Zeichen genügen, etwa „werktags um 8:30“.
