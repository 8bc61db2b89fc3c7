# ニュースを共有するダイアログ。
share-title = ニュースを共有
share-submit = 共有
share-close = キャンセル
share-story = 共有するニュース
share-where = 共有先
share-note = ひとこと
share-note-hint = 私たちにとって大切な理由
share-said = 共有: { $said }
share-maybe = 投稿された可能性がありますが、Slackから返事がありませんでした。もう一度共有する前に、共有先をご確認ください。
share-no-place = ニュースはチャンネルにだけ共有できます。チャンネルを選んでください。
share-unchecked = あなたがその会話に参加しているか確認できません。その会話のメニューから共有するか、パブリックチャンネルを選んでください。
share-stranger = あなたはその会話に参加していません。別の会話を選んでください。
