"use strict";
// The reader of the search index: search.html alone loads it. The index is plain files below search/, written by
// `cermin build` and described in docs/design.md; nothing but files is ever asked for.
//
// A query is answered segment by segment, the newest first. Of each segment it reads the shards in which the query's
// terms stand, where all words meet also the lengths of the articles, and of the results that are shown their packs.
(() => {
  const K1 = 1.2; // BM25: how soon more of the same word counts no more
  const B = 0.75; // BM25: how much a long article has to give
  const PAGE = 10; // results at first, and with each "More results"
  const PARALLEL = 6; // requests at a time
  const AHEAD = 3; // segments that are read at a time once there are results
  const EARLY_PACKS = 2; // packs that are read before the last segment: its results can make them needless
  const PREFIX_SHARDS = 2; // shards that are read for the beginning of a word
  const CHECKED = 20; // results whose pages are read for the phrases of a query, at a time
  const LONGEST_TEXT = 200_000; // characters of a page that are read for them
  const LONGEST = 200; // characters of a query, as its field has it
  const WORDS = 12; // of a query; the rest is left out
  const FILES = 300; // that are kept for the next query
  const PAUSE = 300; // milliseconds after the last key

  const root = document.getElementById("search");
  const form = root.querySelector("form");
  const list = root.querySelector("ol");
  const progress = document.getElementById("progress");
  const announcement = document.getElementById("announcement");
  const fault = document.getElementById("fault");
  const offers = document.getElementById("offers");
  const texts = root.dataset;
  const language = document.documentElement.lang;
  const base = new URL(".", location.href);

  // --- files -------------------------------------------------------------------------------------------------------

  class Missing extends Error {}

  let free = PARALLEL;
  const waiting = [];

  async function inTurn(work) {
    if (free) free -= 1;
    else await new Promise(go => waiting.push(go));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  }

  async function ask(path, signal, options) {
    try {
      const answer = await fetch(new URL(path, base), { signal, ...options });
      if (answer.ok) return answer;
    } catch (error) {
      if (signal.aborted) throw error;
    }
    throw new Missing(path);
  }

  async function unpack(path, signal) {
    const answer = await ask(path, signal);
    const unpacked = answer.body.pipeThrough(new DecompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(unpacked).arrayBuffer());
  }

  const files = new Map(); // path -> promise of its bytes; a file never changes, as its name holds the hash of it

  function readFile(path, signal) {
    let bytes = files.get(path);
    files.delete(path);
    if (!bytes) {
      bytes = inTurn(() => unpack(path, signal));
      bytes.catch(() => files.delete(path));
      if (files.size >= FILES) files.delete(files.keys().next().value);
    }
    files.set(path, bytes);
    return bytes;
  }

  const readPart = (segment, letter, hash, signal) => readFile(`search/${segment.name}/${letter}-${hash}.bin`, signal);

  let index; // promise of index.json

  function readIndex(signal) {
    index ??= (async () => {
      const found = await (await ask("search/index.json", signal, { cache: "no-cache" })).json();
      if (found.version !== 1) throw new Missing("index.json");
      for (const segment of found.segments) segment.terms = segment.terms.map(bytesOf);
      return found;
    })();
    const reading = index;
    reading.catch(() => {
      if (index === reading) index = undefined;
    });
    return reading;
  }

  // --- terms and postings -------------------------------------------------------------------------------------------

  // A term as a text of its UTF-8 bytes: so the order of texts is that of the index.
  const bytesOf = term => String.fromCharCode(...new TextEncoder().encode(term));

  // Numbers are LEB128: seven bits a byte, the lowest first.
  class Numbers {
    constructor(bytes, at = 0) {
      this.bytes = bytes;
      this.at = at;
    }

    next() {
      let value = 0;
      let weight = 1;
      let byte;
      do {
        byte = this.bytes[this.at++];
        value += (byte & 127) * weight;
        weight *= 128;
      } while (byte > 127);
      return value;
    }
  }

  // Calls `take(term, postings)` for each term of a shard that `wants` names.
  // postings(into) writes the term's frequency of each document into an array of bytes, the larger one where two are.
  function readShard(bytes, wants, take) {
    const numbers = new Numbers(bytes);
    const found = [];
    let term = "";
    let gaps = 0;
    let frequencies = 0;
    for (let left = numbers.next(); left > 0 && numbers.at < bytes.length; left -= 1) {
      term = term.slice(0, numbers.next());
      const end = numbers.next() + numbers.at;
      term += String.fromCharCode(...bytes.subarray(numbers.at, end));
      numbers.at = end;
      const count = numbers.next();
      const size = numbers.next();
      if (wants(term)) found.push([term, count, gaps, frequencies]);
      gaps += size;
      frequencies += count;
    }
    const start = numbers.at;
    for (const [name, count, gapsAt, frequenciesAt] of found) {
      take(name, into => {
        const next = new Numbers(bytes, start + gapsAt);
        const at = start + gaps + frequenciesAt;
        let doc = -1;
        for (let place = 0; place < count; place += 1) {
          doc += next.next() + 1;
          if (bytes[at + place] > into[doc]) into[doc] = bytes[at + place];
        }
      });
    }
  }

  // The shard of a segment in which a term stands, or would stand.
  function shardOf(segment, term) {
    let low = 0;
    let high = segment.terms.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (segment.terms[middle] <= term) low = middle;
      else high = middle;
    }
    return low;
  }

  // --- queries -----------------------------------------------------------------------------------------------------

  const IS_PREFIX = "*";
  const ONE_CHARACTER =
    /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]\p{M}*$/u;

  const unstemmed = text => analysis.terms(text, "", word => word);

  // How texts of a language become terms: the stemmers stand in scripts of their own, which the index names.
  function analyserOf(lang) {
    const primary = lang.toLowerCase().split("-")[0];
    const key = { nb: "no", nn: "no" }[primary] ?? primary;
    const stem = Object.hasOwn(globalThis.cerminStemmers ?? {}, key) && globalThis.cerminStemmers[key];
    return stem ? { key, stem } : { key: "", stem: word => word };
  }

  const scripts = new Map(); // path -> promise that it was run

  function runScript(path) {
    if (!scripts.has(path)) {
      const running = new Promise((done, fail) => {
        const script = document.createElement("script");
        script.src = new URL(path, base);
        script.onload = done;
        script.onerror = () => fail(new Missing(path));
        document.head.append(script);
      });
      running.catch(() => scripts.delete(path));
      scripts.set(path, running);
    }
    return scripts.get(path);
  }

  // What is looked for. A word is a list of alternatives, one for each language that makes something else of it; an
  // alternative is a list of terms, which must all be there. A term is a text of bytes, with IS_PREFIX before it where
  // it is only how terms begin.
  // `isTyping` tells of a query whose last word may not be whole.
  async function understand(query, { languages, stemmers }) {
    if (stemmers) await runScript(`search/stemmers.js?${stemmers}`);
    const analysers = [...new Map(["", ...languages].map(analyserOf).map(each => [each.key, each])).values()];
    const words = [];
    const without = [];
    const phrases = [];
    const add = (text, target, isGrowing) => {
      const folded = unstemmed(text);
      const isOne = folded.length === 1;
      if (isGrowing && isOne && folded[0].length < 2 && !ONE_CHARACTER.test(folded[0])) return;
      const alternatives = new Map();
      for (const { key, stem } of analysers) {
        const terms = analysis.terms(text, key, stem);
        if (terms.length) alternatives.set(terms.join(" "), terms.map(bytesOf));
      }
      // A lone character of a script without spaces stands in the index with the one behind it.
      if (isOne && (isGrowing || ONE_CHARACTER.test(folded[0]))) alternatives.set("", [IS_PREFIX + bytesOf(folded[0])]);
      if (alternatives.size && target.length < WORDS) target.push([...alternatives.values()]);
    };
    for (const { text, phrase, excluded, prefix } of analysis.parseQuery(query.q.slice(0, LONGEST))) {
      const folded = phrase ? unstemmed(text) : [];
      if (folded.length > 1) phrases.push({ folded, excluded });
      if (!excluded) for (const word of phrase ? text.split(/\s+/) : [text]) add(word, words, prefix && query.isTyping);
      else if (folded.length < 2) add(text, without, false);
    }
    const filters = [];
    for (const [name, letter] of [["outlet", "o"], ["section", "s"], ["year", "y"]]) {
      if (query[name]) filters.push(bytesOf(`\u0001${letter}${query[name]}`));
    }
    return { words, without, phrases, filters, year: query.year, byDate: query.sort === "date" || !words.length };
  }

  // --- looking through a segment -------------------------------------------------------------------------------------

  const reaches = (segment, year) => !year || (segment.first.slice(0, 4) <= year && segment.last.slice(0, 4) >= year);

  // Returns the documents of a segment that match, the newest first, and how often each term stands in them.
  async function look(segment, wanted, signal) {
    const terms = new Set([...wanted.words, ...wanted.without].flat(2).concat(wanted.filters));
    const shards = new Map(); // number -> terms that are looked for in it
    for (const term of terms) {
      const isPrefix = term[0] === IS_PREFIX;
      const text = isPrefix ? term.slice(1) : term;
      const first = shardOf(segment, text);
      const last = isPrefix ? Math.min(shardOf(segment, `${text}\u00ff`), first + PREFIX_SHARDS - 1) : first;
      for (let number = first; number <= last; number += 1) {
        shards.set(number, [...(shards.get(number) ?? []), term]);
      }
    }
    const inDocs = new Map(); // term -> its frequency in each document
    await Promise.all([...shards].map(async ([number, some]) => {
      const bytes = await readPart(segment, "t", segment.shards[number], signal);
      const begins = (term, name) => name[0] === IS_PREFIX && term.startsWith(name.slice(1));
      const asked = term => some.filter(name => name === term || begins(term, name));
      readShard(bytes, term => asked(term).length, (term, postings) => {
        for (const name of asked(term)) {
          if (!inDocs.has(name)) inDocs.set(name, new Uint8Array(segment.count));
          postings(inDocs.get(name));
        }
      });
    }));
    const there = alternatives => alternatives.map(some => some.map(term => inDocs.get(term)))
      .filter(some => some.every(Boolean));
    const words = wanted.words.map(there);
    const without = wanted.without.map(there);
    const filters = wanted.filters.map(term => inDocs.get(term));
    const docs = [];
    if (words.every(word => word.length) && filters.every(Boolean)) {
      const holds = doc => word => word.some(some => some.every(frequencies => frequencies[doc]));
      for (let doc = segment.count - 1; doc >= 0; doc -= 1) {
        if (filters.every(has => has[doc]) && words.every(holds(doc)) && !without.some(holds(doc))) docs.push(doc);
      }
    }
    const counts = new Map();
    for (const [term, frequencies] of inDocs) {
      counts.set(term, frequencies.reduce((count, frequency) => count + (frequency > 0), 0));
    }
    return { segment, docs, inDocs, counts, weights: new Map() };
  }

  // Keeps of each term how much it weighs in each result, but for how rare it is, and forgets all other documents.
  async function weigh(found, wanted, average, signal) {
    if (found.docs.length && !wanted.byDate) {
      const lengths = await readPart(found.segment, "l", found.segment.lengths, signal);
      for (const term of new Set(wanted.words.flat(2))) {
        const frequencies = found.inDocs.get(term);
        if (frequencies) {
          found.weights.set(term, Float32Array.from(found.docs, doc => {
            const length = 2 ** (lengths[doc] / 16) - 1;
            return (frequencies[doc] * (K1 + 1)) / (frequencies[doc] + K1 * (1 - B + (B * length) / average));
          }));
        }
      }
    }
    delete found.inDocs;
    return found;
  }

  // Returns the best results of all segments that were looked through, the newest first on ties.
  function rank(looked, wanted, most) {
    if (wanted.byDate) {
      const newest = [];
      for (const found of looked) {
        for (const doc of found.docs.slice(0, most - newest.length)) newest.push({ segment: found.segment, doc });
      }
      return newest;
    }
    const total = looked.reduce((count, found) => count + found.segment.count, 0);
    const rarity = new Map();
    for (const term of new Set(wanted.words.flat(2))) {
      const count = looked.reduce((sum, found) => sum + (found.counts.get(term) ?? 0), 0);
      rarity.set(term, Math.log(1 + (total - count + 0.5) / (count + 0.5)));
    }
    const best = [];
    for (const found of looked) {
      const words = wanted.words.map(alternatives => alternatives
        .filter(some => some.every(term => found.weights.has(term)))
        .map(some => some.map(term => [rarity.get(term), found.weights.get(term)])));
      found.docs.forEach((doc, place) => {
        let score = 0;
        for (const alternatives of words) {
          let highest = 0;
          for (const some of alternatives) {
            let sum = 0;
            for (const [rare, weights] of some) {
              if (!weights[place]) {
                sum = 0;
                break;
              }
              sum += rare * weights[place];
            }
            highest = Math.max(highest, sum);
          }
          score += highest;
        }
        if (best.length < most || score > best[best.length - 1].score) {
          let at = best.length;
          while (at && best[at - 1].score < score) at -= 1;
          best.splice(at, 0, { segment: found.segment, doc, score });
          if (best.length > most) best.pop();
        }
      });
    }
    return best;
  }

  // --- what a result shows -------------------------------------------------------------------------------------------

  const packs = new WeakMap(); // bytes of a pack -> its rows

  const packOf = ({ segment, doc }) => segment.packs[Math.floor(doc / segment.pack)];

  // The path of an article, of which a pack tells only what its title, outlet and day do not.
  function pathOf(told, title, outlet, day) {
    if (typeof told === "string" && told[0] === "/") return `${told.slice(1)}.html`;
    const slug = title.toLowerCase().replace(/['‘’ʼ`´]/g, "").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
    const [length, ending] = typeof told === "string" ? [0, told] : [told].flat();
    const name = typeof told === "string" ? told : slug.slice(0, length || undefined) + (ending ?? "");
    return `${outlet}/${day.slice(0, 4)}/${day.slice(5, 7)}/${name}.html`;
  }

  const addressOf = path => path.split("/").map(encodeURIComponent).join("/");

  // The rows of a pack, which tells them column by column, and of each day how far it is from the one before.
  function unfold(pack) {
    let number = 0;
    return pack.titles.map((title, row) => {
      number += pack.days[row] ?? 0;
      const day = row in pack.days ? new Date(number * 864e5).toISOString().slice(0, 10) : "";
      const outlet = pack.outletNames[pack.outlets[row]];
      return {
        title, day, outlet,
        path: pathOf(pack.slugs[row], title, outlet[0], day),
        summary: pack.summaries[row],
        section: pack.sectionNames[pack.sections[row]],
        lang: pack.langNames[pack.langs[row]] || language,
      };
    });
  }

  async function readRow(result, signal) {
    const bytes = await readPart(result.segment, "p", packOf(result), signal);
    if (!packs.has(bytes)) packs.set(bytes, unfold(JSON.parse(new TextDecoder().decode(bytes))));
    return packs.get(bytes)[result.doc % result.segment.pack];
  }

  const numbers = new Intl.NumberFormat(language);
  const years = new Intl.NumberFormat(language, { useGrouping: false });
  const days = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC", calendar: "gregory" });
  const plurals = new Intl.PluralRules(language);
  const SAMPLES = [0, 1, 2, 3, 11, 100]; // numbers that stand for all kinds of plural; the page has a text for each
  const counts = texts.counts.split("|");

  function countOf(number) {
    const kind = plurals.select(number);
    const sample = SAMPLES.findIndex(each => plurals.select(each) === kind);
    return counts[sample < 0 ? SAMPLES.length - 1 : sample].replace("#", () => numbers.format(number));
  }

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  // As cermin/output/words.py has it: a script in the tag decides, else the language.
  const RTL_LANGUAGES = /^(ar|arc|bal|bgn|bqi|ckb|dv|fa|glk|he|khw|ks|lrc|luz|mzn|nqo|pnb|ps|sd|ug|ur|yi)(?!.*-[a-z]{4}(-|$))(-|$)/i;
  const RTL_SCRIPTS = /-(adlm|arab|aran|hebr|mand|mend|nkoo|rohg|samr|syrc|thaa|yezi)(-|$)/i;

  function inLanguage(lang) {
    if (lang === language) return {};
    const dir = RTL_LANGUAGES.test(lang) || RTL_SCRIPTS.test(lang) ? "rtl" : "ltr";
    return dir === document.documentElement.dir ? { lang } : { lang, dir };
  }

  // The text in pieces, those that match in <mark>. Nothing of it is ever read as HTML.
  function marked(text, lang, isMatch) {
    const { key, stem } = analyserOf(lang);
    const pieces = [];
    let at = 0;
    for (const [start, end] of analysis.spans(text, key, stem, isMatch)) {
      pieces.push(text.slice(at, start), element("mark", {}, text.slice(start, end)));
      at = end;
    }
    return [...pieces, text.slice(at)];
  }

  function matcherOf(wanted) {
    const terms = new Set(wanted.words.flat(2));
    const prefixes = [...terms].filter(term => term[0] === IS_PREFIX).map(term => term.slice(1));
    return found => found.some(term => {
      const bytes = bytesOf(term);
      return terms.has(bytes) || prefixes.some(prefix => bytes.startsWith(prefix));
    });
  }

  function itemOf(row, isMatch) {
    const { lang } = row;
    const link = element("a", { href: addressOf(row.path) });
    link.append(...marked(row.title, lang, isMatch));
    const item = element("li", {}, element("h2", inLanguage(lang), link));
    if (row.summary) {
      item.append(element("p", { class: "summary", ...inLanguage(lang) }, ...marked(row.summary, lang, isMatch)));
    }
    const about = [];
    if (row.outlet[0] !== "unknown") about.push(element("bdi", {}, row.outlet[1]));
    if (row.section) about.push(element("bdi", lang === language ? {} : { lang }, row.section));
    about.push(row.day ? element("time", { datetime: row.day }, days.format(new Date(row.day))) : texts.undated);
    const meta = element("p", { class: "meta" });
    about.forEach((part, place) => meta.append(...(place ? [" ", element("i", {}, "·"), " "] : []), part));
    item.append(meta);
    return item;
  }

  // Puts items into the list without taking the focus from a link that stays.
  function fill(items) {
    const focused = document.activeElement;
    items.forEach((item, place) => {
      if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
    });
    while (list.children.length > items.length) list.lastChild.remove();
    if (focused !== document.activeElement && list.contains(focused)) focused.focus({ preventScroll: true });
  }

  // --- answers -----------------------------------------------------------------------------------------------------

  const yearsOf = looked => looked.flatMap(({ segment }) => [segment.last, segment.first]).filter(Boolean)
    .map(day => years.format(day.slice(0, 4)));

  // The text of an article, as its page has it; nothing where the page is gone.
  async function readText(path, signal) {
    try {
      const page = new DOMParser().parseFromString(await (await ask(addressOf(path), signal)).text(), "text/html");
      return page.querySelector(".e-content")?.textContent.slice(0, LONGEST_TEXT) ?? "";
    } catch (error) {
      if (signal.aborted) throw error;
      return "";
    }
  }

  const includes = (terms, phrase) => ` ${terms.join(" ")} `.includes(` ${phrase.join(" ")} `);

  class Answer {
    constructor(wanted, shown, signal) {
      this.wanted = wanted;
      this.shown = shown;
      this.signal = signal;
      this.isMatch = matcherOf(wanted);
      this.looked = [];
      this.total = 0;
      this.items = new Map(); // "segment/document" -> what the list shows
      this.read = new Set(); // packs that were read
      this.early = EARLY_PACKS;
      this.checked = []; // results of which it is known whether they hold the phrases
    }

    async search(segments, average) {
      const begun = [];
      const begin = number => {
        begun[number] ??= look(segments[number], this.wanted, this.signal)
          .then(found => weigh(found, this.wanted, average, this.signal));
        begun[number].catch(() => {}); // it is told where it is waited for
      };
      for (let number = 0; number < segments.length; number += 1) {
        const end = this.total ? Math.min(number + AHEAD, segments.length) : number + 1;
        for (let next = number; next < end; next += 1) begin(next);
        const found = await begun[number];
        this.looked.push(found);
        this.total += found.docs.length;
        const span = [...new Set(yearsOf(this.looked))];
        const through = span.length > 1 ? `${span[0]}–${span.at(-1)}` : span.join("");
        progress.textContent = [countOf(this.total), through && texts.looked.replace("#", () => through)].join(" · ");
        if (!this.wanted.phrases.length) await this.showEarly();
      }
      await this.showBest();
    }

    // Shows the best results so far of those whose packs were read, and reads a pack more as long as few were.
    async showEarly() {
      const best = rank(this.looked, this.wanted, this.shown);
      const unread = best.find(result => !this.read.has(packOf(result)));
      if (unread && (this.early > 0 || !this.items.size)) {
        this.early -= 1;
        await this.rowOf(unread);
      }
      await this.show(best.filter(result => this.read.has(packOf(result))));
    }

    async showBest() {
      const { phrases } = this.wanted;
      if (phrases.length) await this.check();
      const holding = this.checked.filter(result => result.holds);
      await this.show(phrases.length ? holding : rank(this.looked, this.wanted, this.shown));
      const seen = phrases.length ? this.checked.length : this.shown;
      const told = phrases.length ? countOf(holding.length) : countOf(this.total);
      const read = texts.read.replace("#", () => numbers.format(seen)).replace("%", () => numbers.format(this.total));
      const nothing = seen >= this.total && !list.children.length;
      const isPart = phrases.length && seen < this.total;
      progress.textContent = nothing ? texts.nothing : isPart ? `${told} · ${read}` : told;
      announcement.textContent = progress.textContent;
      more.hidden = seen >= this.total;
    }

    // Reads the texts of the next best results for the phrases of the query: the index knows no order of words.
    async check() {
      const next = rank(this.looked, this.wanted, this.checked.length + CHECKED).slice(this.checked.length);
      await Promise.all(next.map(async result => {
        const { phrases } = this.wanted;
        const row = await this.rowOf(result);
        const hold = text => {
          const terms = unstemmed(text);
          return phrases.every(({ folded, excluded }) => includes(terms, folded) !== excluded);
        };
        const isTold = phrases.every(({ excluded }) => !excluded) && hold(row.title);
        result.holds = isTold || hold(`${row.title}\n${await inTurn(() => readText(row.path, this.signal))}`);
        if (result.holds) await this.show([...this.checked, ...next].filter(each => each.holds));
      }));
      this.checked.push(...next);
    }

    async rowOf(result) {
      const row = await readRow(result, this.signal);
      this.read.add(packOf(result));
      return row;
    }

    async show(results) {
      const items = await Promise.all(results.map(async result => {
        const key = `${result.segment.name}/${result.doc}`;
        if (!this.items.has(key)) this.items.set(key, itemOf(await this.rowOf(result), this.isMatch));
        return this.items.get(key);
      }));
      this.signal.throwIfAborted();
      fill(items);
      offers.hidden = true;
    }

    async showMore() {
      const before = list.children.length;
      this.shown += PAGE;
      await this.showBest();
      (list.children[before]?.querySelector("a") ?? more).focus();
    }
  }

  let stop = new AbortController();
  let answer;

  function clear() {
    fill([]);
    progress.textContent = announcement.textContent = "";
    more.hidden = true;
    offers.hidden = false;
    fault.textContent = "";
  }

  // Does what is asked with an index; where a file of it is missing, it was made anew meanwhile and is read once more.
  async function attempt(work, signal) {
    for (const isLast of [false, true]) {
      try {
        return await work();
      } catch (error) {
        if (signal.aborted) return undefined;
        index = undefined;
        files.clear();
        if (isLast) {
          clear();
          fault.textContent = announcement.textContent = texts.unreadable;
        }
      }
    }
    return undefined;
  }

  function search(query, shown = PAGE) {
    stop.abort();
    stop = new AbortController();
    const { signal } = stop;
    root.setAttribute("aria-busy", "true");
    attempt(async () => {
      const found = await readIndex(signal);
      const wanted = await understand(query, found);
      signal.throwIfAborted();
      fault.textContent = "";
      if (!wanted.words.length && !wanted.filters.length) {
        clear();
        return;
      }
      answer = new Answer(wanted, shown, signal);
      await answer.search(found.segments.filter(segment => reaches(segment, query.year)), found.average);
    }, signal).then(() => {
      if (!signal.aborted) root.removeAttribute("aria-busy");
    });
  }

  // --- the form and the address --------------------------------------------------------------------------------------

  const FIELDS = ["q", "outlet", "section", "year", "sort"];
  const title = document.title;

  function readForm() {
    return Object.fromEntries(FIELDS.map(name => [name, form.elements[name].value]));
  }

  function fillForm() {
    const told = new URLSearchParams(location.search);
    for (const name of FIELDS) {
      const field = form.elements[name];
      const value = told.get(name) ?? "";
      // An outlet or a section with few articles is not among the choices, but can be asked for.
      const isOffered = [...(field.options ?? [])].some(option => option.value === value);
      if (field.options && !isOffered) field.add(new Option(value, value));
      field.value = value;
    }
    nameWindow();
  }

  function nameWindow() {
    const text = form.elements.q.value.trim();
    document.title = text ? `${text} – ${title}` : title;
  }

  let isEditing = false; // whether the newest step of the history is what is being typed
  let timer;

  function run(isTyping) {
    clearTimeout(timer);
    const query = readForm();
    const address = new URL(location.pathname, location.href);
    for (const [name, value] of Object.entries(query)) if (value) address.searchParams.set(name, value);
    if (address.href !== location.href) history[isEditing ? "replaceState" : "pushState"]({}, "", address);
    isEditing = isTyping;
    nameWindow();
    search({ ...query, isTyping });
  }

  const more = element("button", { id: "more", type: "button" }, texts.more);
  more.hidden = true;

  function start() {
    fault.textContent = "";
    form.hidden = false;
    list.after(more);
    form.addEventListener("submit", event => {
      event.preventDefault();
      run(false);
    });
    form.addEventListener("change", event => {
      if (event.target.name !== "q") run(false);
    });
    form.elements.q.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(run, PAUSE, true);
    });
    more.addEventListener("click", () => {
      attempt(() => answer.showMore(), answer.signal);
      history.replaceState({ shown: answer.shown }, "");
    });
    addEventListener("popstate", event => {
      clearTimeout(timer);
      isEditing = false;
      fillForm();
      search(readForm(), event.state?.shown);
    });
    fillForm();
    search(readForm(), history.state?.shown);
  }

  if (location.protocol === "file:") fault.textContent = texts.file;
  else if (!("DecompressionStream" in globalThis)) fault.textContent = texts.unreadable;
  else start();
})();
