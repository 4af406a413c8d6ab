// Searches as the server makes them, without asking it: `search_words` in matchmaker/text.py. A test compares the two.
const SPECIAL = { ł: "l", ø: "o", đ: "d", ð: "d", ħ: "h", ŧ: "t", þ: "th", æ: "ae", œ: "oe", ı: "i", ß: "ss", ς: "σ" };
const SPELT_OUT = { ä: "ae", ö: "oe", ü: "ue", ø: "oe", å: "aa" };
const translate = (text, letters) => Array.from(text, (sign) => letters[sign] ?? sign).join("");

function split(line) {
  const letters = line.normalize("NFKD").replace(/\p{M}/gu, "");
  const plain = translate(letters, SPECIAL).replace(/[\u3040-\u30ff\u3400-\u9fff]/g, " $& ");
  return plain.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}
export function searchWords(text) {
  const line = text
    .normalize("NFC")
    .toLowerCase()
    .replace(/['’‘ʼ`´]/g, "");
  const spelt = split(translate(line, SPELT_OUT));
  return split(line).map((word, i) => [word, spelt[i]]);
}
export const searchText = (...texts) =>
  texts
    .flatMap(searchWords)
    .flat()
    .map((word) => ` ${word}`)
    .join("");
export function isFound(searched, query) {
  const words = searchWords(query);
  return words.length > 0 && words.every((word) => word.some((spelling) => searched.includes(` ${spelling}`)));
}
