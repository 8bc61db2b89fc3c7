# When a subscription comes.
when-told = { $days } at { $times }
when-daily = every day
when-weekdays = weekdays
when-weekend = weekends
when-every = every { $days }
when-cron = by the crontab line { $cron }
when-odd-word = I do not understand “{ $word }” in when it should come. Write days and times, such as “at 8:30 on weekdays”, “every monday at 9am” or “daily at 18h”.
when-odd-time = “{ $time }” is no time of day. Write it as 8:30, 9am or 18h.
when-minutes = All times of a subscription share their minutes, such as “at 8:30 and 17:30”. For others, subscribe twice.
when-many-times = A subscription comes { $most } times a day at most.
when-too-long = That is a long time to say a time: { $most } characters are enough, such as “at 8:30 on weekdays”.
