# 日付と時刻の書き方（Unicodeの日付パターン）。
form-date = M月d日(EEE)
form-time = H:mm
form-moment = M月d日(EEE) H:mm
form-zoned = { $moment }（{ $zone }）
form-weekday = EEEE
form-day = M月d日
form-day-year = y年M月d日
form-slot = M月d日 H:mm
form-slot-day = M月d日

# 数とリストの書き方。
number-above = { $most }以上
number-below = -{ $most }未満
comma = 、
and = と
or = または
gap = { "" }
