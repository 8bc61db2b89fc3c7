# Wie Tage und Zeiten geschrieben werden, als Datumsmuster von Unicode.
form-date = EEE d. MMM
form-time = HH:mm
form-moment = EEE d. MMM, HH:mm
form-zoned = { $moment } ({ $zone })
form-weekday = EEE
form-day = d. MMM
form-day-year = d. MMM y
form-slot = d. MMM, HH:mm
form-slot-day = d. MMM

# Wie Zahlen und Listen zusammengesetzt werden.
number-above = { $most }+
number-below = unter -{ $most }
comma = { ", " }
and = { " und " }
or = { " oder " }
gap = { " " }
