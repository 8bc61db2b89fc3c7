# 日付と時刻の書き方（Unicodeの日付パターン）。
form-date = M月d日(EEE)
form-time = H:mm
form-moment = M月d日(EEE) H:mm
