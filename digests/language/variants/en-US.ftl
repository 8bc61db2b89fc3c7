# How dates and times are written in the United States: the rest is the one English.
form-date = EEE, MMM d
form-time = h:mm a
form-moment = EEE, MMM d, h:mm a
form-day = MMM d
form-day-year = MMM d, y
form-slot = MMM d, h:mm a
form-slot-day = MMM d
