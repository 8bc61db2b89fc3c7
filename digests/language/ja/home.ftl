# ホームタブ
home-welcome = Heatline へようこそ
home-what = 重要な AI ニュースを、何社が報じても、ひとつの話題につき一度だけお届けします。まずは次の 3 つをお試しください。
home-try-ask = どの会話からでも、トピックや好きな言葉で検索できます:
home-try-save = 記事のメニューから保存できます（下の一覧でも、ダイジェストでも）。保存した記事はこのページに並びます。
home-try-subscribe = 購読すると、お好きなトピックを、お好きな曜日と時刻に、ここまたはチャンネルへお届けします。
home-subscriptions = 購読中
home-no-subscriptions = まだ購読はありません。購読すると、お好きなトピックをお好きな曜日と時刻にお届けします。
home-next = 次回: { $moment }
home-subscribe = 購読する
home-subscribe-more = 購読を追加
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
home-foot = 時刻は { $zone } のものです。{ $usage } で使い方を表示します。

# 購読のダイアログ
dialog-title = 購読する
dialog-title-edit = 購読の変更
dialog-submit = 購読する
dialog-save = 保存
dialog-cancel = キャンセル
dialog-topics = トピック
dialog-topics-typed = 入力して検索
dialog-topics-none = 空欄にすると、すべての AI ニュースが届きます。
dialog-days = 曜日
dialog-weekdays = 平日
dialog-daily = 毎日
dialog-some-days = 曜日を選ぶ
dialog-kept = 現在のまま: { $when }
dialog-chosen = 配信する曜日
dialog-time = 時刻
dialog-zone = タイムゾーン
dialog-zone-typed = 都市名を入力
dialog-size = 件数
dialog-stories = { $count ->
   *[other] { $count } 件
 }
dialog-where = 配信先
dialog-me = 自分へ（ダイレクトメッセージ）
dialog-there = チャンネルへ
dialog-channel = チャンネル
dialog-channel-hint = あなたと Heatline の両方が参加している必要があります。/invite @Heatline で招待できます。
dialog-preview = プレビュー
dialog-preview-title = プレビュー
dialog-preview-waiting = プレビューを作成しています…
dialog-preview-nothing = いまは該当する新しいニュースがありません。
dialog-preview-now = { $topics } — いま配信した場合の内容
dialog-preview-mend = 送信時に示される項目を、先に入力してください。
dialog-no-topic = なくなったトピックが含まれています。選び直してください。
dialog-no-days = 曜日を一つ以上選んでください。
dialog-no-time = 時刻を選んでください。
dialog-no-zone = このタイムゾーンは見つかりません。一覧から選んでください。
dialog-no-size = 件数を選んでください。
dialog-no-where = 配信先を選んでください。
dialog-no-channel = チャンネルを選んでください。
dialog-not-to-you = この購読はほかの人が作成したものなので、配信先はチャンネルだけです。ご自分で受け取るには、新しく購読してください。
dialog-gone = この購読はすでに終了しています。閉じてから、新しく購読してください。
dialog-unseen = このチャンネルを確認できません。プライベートチャンネルの場合は、あなたと Heatline の両方が参加している必要があります。そこで /invite @Heatline と入力してから、もう一度送信してください。
dialog-done = 購読しました: { $what }、{ $when }。初回は { $next } です。
dialog-changed = 変更しました: { $what }、{ $when }。次回は { $next } です。
dialog-failed = 購読について: { $why }
dialog-too-late = ダイアログの表示が間に合いませんでした。もう一度お試しになるか、{ $usage } と入力してください。
dialog-not-yours = この購読は変更できないか、すでに終了しています。{ $usage } でご自分の購読を確認できます。
