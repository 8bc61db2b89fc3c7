# Wie Tage und Zeiten geschrieben werden, als Datumsmuster von Unicode.
form-date = EEE d. MMM
form-time = HH:mm
form-moment = EEE d. MMM, HH:mm
