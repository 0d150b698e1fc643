// Answers questions to templates/search/analyse.js, a line each: JSON, [name of a function, …arguments].
// Arguments: the folder of analyse.js and of the stemmers, ID.js each.
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";

const [script, stemmers] = process.argv.slice(2);
const analysis = runInThisContext(`${readFileSync(script, "utf8")};analysis`);

const stemmer = key => {
  if (!key) return word => word;
  if (!globalThis.cerminStemmers?.[key]) runInThisContext(readFileSync(`${stemmers}/${key}.js`, "utf8"));
  return globalThis.cerminStemmers[key];
};

const answers = {
  terms: (key, text) => analysis.terms(text, key, stemmer(key)),
  stems: (key, words) => words.map(stemmer(key)),
  spans: (key, text, wanted) =>
    analysis.spans(text, key, stemmer(key), terms => terms.some(term => wanted.includes(term))),
  parseQuery: query => analysis.parseQuery(query),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...values] = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(answers[name](...values))}\n`);
}
