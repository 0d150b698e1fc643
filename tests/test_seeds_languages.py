"""Which language a text is in, and what the language files hold."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from cermin.outlets import FATES
from cermin.seeds import languages
from cermin.seeds.decoding import decode_text
from cermin.seeds.languages import contradicts, guess_language, load_language

FILES = sorted(path.stem for path in Path(languages.__file__).parent.glob("*.toml"))

WORDS = {"words", "months", "days", "see_also", "announcing", "connectors", "starters"}
RULES = {"rules", "lists", "ends", "last", "labels", "inline", "mentions", "title"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Presiden mengatakan bahwa perjanjian itu akan ditandatangani pada hari Rabu karena dukungan mereka.", "id"),
        ("Beliau berkata bahawa perjanjian itu akan ditandatangani kerana sokongan mereka, manakala yang lain.", "ms"),
        ("The president said that the agreement would be signed on Wednesday after the meeting.", "en"),
        ("El presidente dijo que el acuerdo se firmará el miércoles después de la reunión con los ministros.", "es"),
        ("O presidente disse que o acordo será assinado na quarta-feira, mas não há uma data para a reunião.", "pt"),
        ("Der Präsident sagte, dass das Abkommen am Mittwoch nach der Sitzung unterzeichnet wird.", "de"),
        ("Le président a déclaré que l'accord sera signé mercredi dans la capitale avec les ministres.", "fr"),
        ("Presidenten sier at avtalen blir signert på onsdag etter møtet, og at det ikke er noe nytt.", "no"),
        ("Президент сказал, что соглашение будет подписано в среду после встречи, но это не всё.", "ru"),
        ("قال الرئيس إن الاتفاق سيوقع يوم الأربعاء بعد الاجتماع في العاصمة من أجل السلام على الحدود.", "ar"),
        ("رئیس جمهور گفت که این توافق در روز چهارشنبه امضا می شود و برای مردم خوب است.", "fa"),
        ("صدر نے کہا کہ معاہدے پر بدھ کو دستخط کیے جائیں گے اور یہ ملک کے لیے اچھا ہے۔", "ur"),
        ("राष्ट्रपति ने कहा कि समझौते पर बुधवार को हस्ताक्षर किए जाएंगे और यह देश के लिए अच्छा है।", "hi"),
        ("总统表示，该协议将于周三签署。", "zh"),
        ("大統領は水曜日に協定に署名すると述べた。", "ja"),
        ("대통령은 수요일에 협정에 서명할 것이라고 말했다.", "ko"),
        ("Tổng thống cho biết thỏa thuận này sẽ được ký vào thứ tư và không có thay đổi.", "vi"),
        ("Premier powiedział w poniedziałek, że rząd nie zmieni planu, który został przyjęty.", "pl"),
        ("Premiér řekl v pondělí, že vláda nezmění plán, který byl přijat, ale podle opozice je to jinak.", "cs"),
        ("A miniszterelnök azt közölte, hogy a kormány nem változtat a terven, amely szerint több pénz lesz.", "hu"),
        ("Premierul a spus că guvernul nu va schimba planul care a fost aprobat și este important.", "ro"),
        ("Pääministeri sanoo, että hallitus ei muuta suunnitelmaa, joka on hyväksytty, mutta se oli jo sovittu.", "fi"),
        ("Sinabi ng pangulo na hindi magbabago ang plano para sa mga tao, ayon sa kanyang tagapagsalita.", "tl"),
        ("Rais alisema kuwa serikali haitabadilisha mpango huo ambao ulipitishwa, lakini watu hawakubali.", "sw"),
        ("Премиерът каза, че правителството няма да промени плана, който беше приет.", "bg"),
        ("12345 67890", ""),
        ("Xyzzy plugh", ""),
        ("", ""),
    ],
)
def test_guess(text, language):
    """A text's script and frequent words tell its language; where they do not, none is invented."""
    assert guess_language(text) == language


@pytest.mark.parametrize(
    ("text", "language", "does"),
    [("عاد التجار إلى محالهم", "en", True), ("عاد التجار إلى محالهم", "ar-EG", False), ("The market", "ar", False),
     ("新桥正式通车", "ja", False), ("新桥正式通车", "zh-Hant", False), ("新桥正式通车", "ko", True),
     ("Мост открыт", "sr", False), ("Мост открыт", "pt-BR", True), ("", "id", False), ("สะพานเปิด", "xx", True)],
)  # fmt: skip
def test_script_against_language(text, language, does):
    """A text in letters that a language is not written in contradicts it; Latin letters contradict none."""
    assert contradicts(text, language) == does


@pytest.mark.parametrize("name", FILES)
def test_files(name):
    """A language file has twelve months or none, and patterns whose groups are fates."""
    table = load_language(name)
    assert set(table) <= WORDS | RULES
    assert len(table.get("months", range(12))) == 12
    for kind in RULES:
        for patterns in table.get(kind, {}).values():
            for pattern in patterns:
                assert set(re.compile(pattern).groupindex) <= set(FATES)


def test_the_corpus(corpus):
    """Of the real captures, at most one in fifty is taken for another language than its index says."""
    with (corpus / "text-index.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    texts = [(decode_text((corpus / "text" / row["file"]).read_bytes()).text, row["lang"]) for row in rows]
    wrong = [(language, guess_language(text)) for text, language in texts if guess_language(text) != language]
    assert len(wrong) <= len(rows) / 50, wrong
