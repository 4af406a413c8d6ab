// Fails where text and its ground, or an edge one must see, are too close in either theme of app.css.
import { readFileSync } from "node:fs";

const css = readFileSync(new URL("app.css", import.meta.url), "utf8");
const themes = [...css.matchAll(/@plugin "daisyui\/theme" \{([^}]*)\}/g)].map(([, body]) =>
  Object.fromEntries([...body.matchAll(/--(?:color-)?([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, hex]) => [name, hex])),
);

const grounds = ["base-100", "base-200", "sunken"];
const on = (ground, ...inks) => inks.map((ink) => [ink, ground, 4.5]);
const pairs = [
  ...grounds.flatMap((ground) => on(ground, "base-content", "muted", "primary", "accent", "error")),
  ...grounds.flatMap((ground) => [["edge", ground, 3]]),
  ...on("primary-soft", "base-content", "primary", "muted"),
  ...on("accent-soft", "base-content", "accent"),
  ...on("danger-soft", "base-content", "error"),
  ...on("primary", "primary-content"),
  ...on("accent", "accent-content"),
  ...on("error", "error-content"),
  ...[...Array(8).keys()].flatMap((n) => on(`tint-${n}`, `tint-${n}-ink`)),
];

const luminance = (hex) =>
  [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
const contrast = (one, other) => {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
};

let lowest = Infinity;
for (const [i, theme] of themes.entries())
  for (const [ink, ground, least] of pairs) {
    const found = contrast(theme[ink], theme[ground]);
    lowest = Math.min(lowest, found / least);
    if (found >= least) continue;
    console.error(`${["morning", "evening"][i]}: ${ink} on ${ground} is ${found.toFixed(2)}, not ${least}`);
    process.exitCode = 1;
  }
console.log(`${themes.length * pairs.length} pairs, the closest at ${lowest.toFixed(2)} times what is needed`);
