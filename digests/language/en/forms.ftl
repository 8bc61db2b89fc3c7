# How dates and times are written, in Unicode's date patterns.
form-date = EEE d MMM
form-time = HH:mm
form-moment = EEE d MMM HH:mm
form-zoned = { $moment } ({ $zone })
form-weekday = EEE
form-day = d MMM
form-day-year = d MMM y
form-slot = dd MMM HH:mm
form-slot-day = dd MMM

# How numbers and lists are put together.
number-above = { $most }+
number-below = below -{ $most }
comma = { ", " }
and = { " and " }
or = { " or " }
gap = { " " }
