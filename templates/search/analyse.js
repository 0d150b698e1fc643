// From text to terms as the index was made, and from what a reader types to clauses. The steps are those of
// cermin/search/analyser.py, step by step; tests/test_search_analyser.py holds both to the same terms.
const analysis = (() => {
  "use strict";
  const LONGEST = 40;
  const JOINERS = "\\u00ad\\u200d\\u2060\\ufeff", APOSTROPHES = "'\\u2018\\u2019\\uff07\\u05f3\\u05f4";
  const UNSPACED = "\\u0e01-\\u0eff\\u1000-\\u109f\\u1100-\\u11ff\\u1780-\\u17ff\\u2e80-\\u2fdf\\u3005-\\u3007"
    + "\\u3021-\\u30ff\\u3105-\\u31bf\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\ua960-\\ua97f"
    + "\\ua9e0-\\ua9ff\\uaa60-\\uaa7f\\uac00-\\ud7ff\\uf900-\\ufaff\\u{1aff0}-\\u{1b16f}"
    + "\\u{20000}-\\u{3ffff}";
  const MARKS = "\\u0e31\\u0e34-\\u0e3a\\u0e47-\\u0e4e\\u0eb1\\u0eb4-\\u0ebc\\u0ec8-\\u0ece\\u102b-\\u103e"
    + "\\u1056-\\u1059\\u105e-\\u1060\\u1062-\\u1064\\u1067-\\u106d\\u1071-\\u1074\\u1082-\\u108d\\u108f"
    + "\\u109a-\\u109d\\u17b4-\\u17d3\\u17dd\\u302a-\\u302f\\u3099\\u309a";
  const run = `[\\p{L}\\p{N}\\p{M}\\u200c${JOINERS}]{1,250}`;
  const WORDS = new RegExp(`${run}(?:[${APOSTROPHES}]${run}){0,3}`, "gu");
  const RUNS = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, "gu");
  const HAS_UNSPACED = new RegExp(`[${UNSPACED}]`, "u");
  const CHARACTERS = new RegExp(`[^${MARKS}][${MARKS}]*|[${MARKS}]+`, "gu");
  const APOSTROPHE = new RegExp(`[${APOSTROPHES}\\u02bc]`, "g");
  const INVISIBLE = new RegExp(`[${JOINERS}\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]+`, "gu");
  const STRIPPED = new RegExp("['\\u200c\\u02b9-\\u02c1\\u0300-\\u036f\\u0483-\\u0487\\u0591-\\u05bd\\u05bf\\u05c1"
    + "\\u05c2\\u05c4\\u05c5\\u05c7\\u0610-\\u061a\\u0640\\u064b-\\u065f\\u0670\\u06d6-\\u06dc\\u06df-\\u06e4\\u06e7"
    + "\\u06e8\\u06ea-\\u06ed\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f]+", "g");
  const FOLDED = {
    ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", þ: "th", ł: "l", ħ: "h", ŧ: "t", ı: "i", ς: "σ",
    ى: "ي", ی: "ي", ک: "ك", ة: "ه", ہ: "ه", ە: "ه", ھ: "ه",
  };

  // Decimal digits stand in tens, so a digit is worth how many stand before it.
  const digit = character => {
    let before = 0;
    while (/\p{Nd}/u.test(String.fromCodePoint(character.codePointAt() - before - 1))) before++;
    return String(before % 10);
  };

  const normalize = (word, key) => {
    word = word.normalize("NFKC").replace(INVISIBLE, "").replace(APOSTROPHE, "'");
    if (key !== "fa") word = word.replace(/([\u0600-\u06ff])\u200c+/g, "$1 ").replaceAll("\u200c", "");
    if (key === "tr") word = word.replaceAll("I", "ı").replaceAll("İ", "i");
    word = word.toLowerCase().replaceAll("ς", "σ").replace(/\p{Nd}/gu, digit);
    return key === "it" || key === "ca" ? word.replaceAll("'", " ") : word;
  };

  const fold = (word, stem) => {
    word = [...word].slice(0, LONGEST).join("");
    const term = /[\ud800-\udfff]/.test(word) ? word : stem(word);
    return term.normalize("NFD").replace(STRIPPED, "").replace(/[^\0-\x7f]/g, letter => FOLDED[letter] ?? letter)
      .normalize("NFC");
  };

  /** The terms of a text. `key` names a stemmer or is empty; `stem` is that stemmer, or leaves a word as it is. */
  const terms = (text, key, stem) =>
    (text.match(WORDS) ?? []).flatMap(word => normalize(word, key).match(WORDS) ?? []).flatMap(word => word.match(RUNS))
      .flatMap(part => {
        if (!HAS_UNSPACED.test(part)) return fold(part, stem) || [];
        const each = part.match(CHARACTERS);
        return each.length > 1 ? each.slice(1).map((character, i) => each[i] + character) : each;
      });

  /** The places of a text that `isMatch(terms)` accepts, as [start, end] in order; they do not overlap. */
  const spans = (text, key, stem, isMatch) => {
    const found = [];
    const add = (start, piece) => {
      if (!isMatch(terms(piece, key, stem))) return;
      const last = found.at(-1), end = start + piece.length;
      if (last && last[1] >= start) last[1] = end;
      else found.push([start, end]);
    };
    for (const word of text.matchAll(WORDS)) {
      if (!HAS_UNSPACED.test(word[0])) {
        add(word.index, word[0]);
        continue;
      }
      for (const part of word[0].matchAll(RUNS)) {
        const start = word.index + part.index;
        const places = HAS_UNSPACED.test(part[0]) ? [...part[0].matchAll(CHARACTERS)] : [];
        if (places.length < 2) add(start, part[0]);
        places.slice(1).forEach((place, i) => add(start + places[i].index, places[i][0] + place[0]));
      }
    }
    return found;
  };

  /**
   * The clauses of a query: words, "phrases", and either with `-` before it. The last word may still be growing: it has
   * `prefix`, unless a space is behind it.
   */
  const parseQuery = query => {
    const clauses = [];
    for (const [, minus, phrase, word] of query.replace(/[\u201c-\u201f\u00ab\u00bb]/g, '"')
      .matchAll(/([-\u2212]?)(?:"([^"]*)(?:"|$)|(\S+))/gu)) {
      clauses.push({ text: phrase ?? word, phrase: phrase !== undefined, excluded: minus !== "", prefix: false });
    }
    const last = clauses.at(-1);
    if (last && !last.phrase && !last.excluded && !/\s$/.test(query)) last.prefix = true;
    return clauses;
  };

  return { terms, spans, parseQuery };
})();
