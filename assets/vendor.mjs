// Copies what we serve from others' packages to matchmaker/static/vendor/, each with its
// licence, and writes manifest.json: for every file its package, version and sha256.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const target = new URL("../matchmaker/static/vendor/", import.meta.url);
const packages = new URL("../node_modules/", import.meta.url);

const wanted = {
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

// All has been read: only now may the old ones go.
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
contents["manifest.json"] = JSON.stringify(manifest, null, 2) + "\n";
for (const [file, content] of Object.entries(contents)) writeFileSync(new URL(file, target), content);
console.log(`vendored ${Object.keys(manifest).length} files`);
