# ホームタブ
home-welcome = Heatline へようこそ
home-what = 重要な AI ニュースを、数百の媒体から、ひとつの話題につき一度だけお届けします。まずは次の 3 つをお試しください。
home-try-ask = どの会話からでも、トピックや好きな言葉で検索できます:
home-try-save = 記事のメニューから保存できます（下の一覧でも、ダイジェストでも）。保存した記事はこのページに並びます。
home-try-subscribe = 購読すると、お好きなトピックを、お好きな曜日と時刻に、ここまたはチャンネルへお届けします。
home-subscriptions = 購読中
home-no-subscriptions = まだ購読はありません。購読すると、お好きなトピックをお好きな曜日と時刻にお届けします。
home-direct = ご本人のみに配信
home-next = 次回: { $moment }
home-edit = 変更
home-unsubscribe = 購読をやめる
home-keep = 続ける
home-sure = よろしいですか？
home-sure-text = 「{ $topics }」の購読を終了します。
home-subscribe = 購読する
home-saved = 保存した記事
home-remove = 削除
home-all-saved = { $count ->
   *[other] { $count } 件を保存しています。
 } すべて見るには { $usage } と入力してください。
home-top = いまの主なニュース
home-waiting = 最新のニュースを調べています…
home-nothing = まだニュースがありません。記事が届いていません。
home-nothing-about = これらのトピックでは、この 2 日間に新しいニュースはありません。
home-muted = ミュート中
home-unmute = ミュートを解除
home-votes = あなたの評価の反映
home-more = 増やす: { $names }
home-less = 減らす: { $names }
home-foot = 時刻は Slack のプロフィールにある { $zone } のものです。{ $usage } で使い方を表示します。
home-all-topics = すべての AI ニュース
home-changed-already = すでになくなっていました。ページを最新の状態にしました。
