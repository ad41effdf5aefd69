// The page's scripts as one small script: `node dev/page/minify.mjs` writes it anew, and is to be run
// after every change of one of them. It needs `npm ci --ignore-scripts` in tests/page. With `--print`
// it writes to the terminal instead, and with `--sizes` it says how large the parts are.

import {readFileSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {gzipSync} from "node:zlib";

const page = new URL("../../vawg_geo/publish/page/", import.meta.url);
const {minify} = createRequire(new URL("../../tests/page/package.json", import.meta.url))("terser");

/** Names of the scripts, in the order in which a page has them. */
function order() {
  const [, listed] = /^_SCRIPTS: Final = \(\n([^)]*)\)/m.exec(readFileSync(new URL("assemble.py", page), "utf8"));
  return [...listed.matchAll(/"([\w.]+)"/g)].map((found) => found[1]);
}

const sources = order().map((name) => readFileSync(new URL("scripts/" + name, page), "utf8").replace(/\r\n/g, "\n"));
const whole = `(function () {\n"use strict";\n${sources.join("\n")}\nstart();\n})();\n`;
const made = await minify(whole, {
  ecma: 2018,
  compress: {passes: 5, keep_infinity: true, pure_getters: true, unsafe_arrows: true, keep_fargs: false},
  format: {ascii_only: true, comments: false, inline_script: true, max_line_len: 2000},
});
const text = made.code.trim() + "\n";

if (process.argv.includes("--print")) process.stdout.write(text);
else writeFileSync(new URL("scripts/page.min.js", page), text);
if (process.argv.includes("--sizes")) {
  const sized = (name, of) => process.stderr.write(`${name}: ${of.length} bytes, ${gzipSync(of, {level: 9}).length} by gzip\n`);
  sized("sources", Buffer.from(whole));
  sized("minified", Buffer.from(text));
}
