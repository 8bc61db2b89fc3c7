# 購読が届く時刻。
when-told = { $days } { $times }
when-daily = 毎日
when-weekdays = 平日
when-weekend = 週末
when-every = 毎週{ $days }
when-cron = crontab の行 { $cron }
when-odd-word = 日時の「{ $word }」がわかりません。「平日 8:30」「every monday at 9am」「毎日 18時」のように書いてください。
when-odd-time = 「{ $time }」は時刻ではありません。8:30、9時、18h のように書いてください。
when-minutes = 一つの購読の時刻は、「8:30と17:30」のように分をそろえてください。ほかの時刻には、もう一つ購読してください。
when-many-times = 一つの購読は一日{ $most }回までです。
when-too-long = 日時の指定が長すぎます。「平日 8:30」のように{ $most }文字以内で書いてください。
