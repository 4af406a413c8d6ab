// Copies what we take from others' packages, each with its licence, and writes manifest.json
// beside it: for every file its package, version and sha256. What we serve goes to
// matchmaker/static/vendor/, what only tests need to tests/browser/vendor/.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const packages = new URL("../node_modules/", import.meta.url);

const served = {
  "@fontsource-variable/fraunces": {
    "files/fraunces-latin-opsz-normal.woff2": "fraunces-latin.woff2",
    "files/fraunces-latin-ext-opsz-normal.woff2": "fraunces-latin-ext.woff2",
    LICENSE: "fraunces-LICENSE.txt",
  },
  "@fontsource-variable/inter": {
    "files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
    "files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
    LICENSE: "inter-LICENSE.txt",
  },
  "qr-scanner": {
    "qr-scanner.min.js": "qr-scanner.min.js",
    "qr-scanner-worker.min.js": "qr-scanner-worker.min.js",
    LICENSE: "qr-scanner-LICENSE.txt",
  },
  // Parts of these two are inside app.css.
  daisyui: { LICENSE: "daisyui-LICENSE.txt" },
  tailwindcss: { LICENSE: "tailwindcss-LICENSE.txt" },
};

const tested = {
  // Reads our calendars a second time, independently of Python's icalendar.
  "ical.js": { "dist/ical.es5.min.cjs": "ical.es5.min.js", LICENSE: "ical-LICENSE.txt" },
};

function collect(wanted) {
  const manifest = {};
  const contents = {};
  for (const [name, files] of Object.entries(wanted)) {
    const { version, license } = JSON.parse(readFileSync(new URL(`${name}/package.json`, packages)));
    for (const [source, file] of Object.entries(files)) {
      contents[file] = readFileSync(new URL(`${name}/${source}`, packages));
      const sha256 = createHash("sha256").update(contents[file]).digest("hex");
      manifest[file] = { package: name, version, license, source, sha256 };
    }
  }
  contents["manifest.json"] = `${JSON.stringify(manifest, null, 2)}\n`;
  return contents;
}

function put(folder, contents) {
  const target = new URL(folder, import.meta.url);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const [file, content] of Object.entries(contents)) writeFileSync(new URL(file, target), content);
  console.log(`vendored ${Object.keys(contents).length - 1} files`);
}

// All is read before any of the old ones goes.
const found = [collect(served), collect(tested)];
put("../matchmaker/static/vendor/", found[0]);
put("../tests/browser/vendor/", found[1]);
