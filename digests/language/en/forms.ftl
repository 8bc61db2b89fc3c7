# How dates and times are written, in Unicode's date patterns.
form-date = EEE d MMM
form-time = HH:mm
form-moment = EEE d MMM HH:mm
