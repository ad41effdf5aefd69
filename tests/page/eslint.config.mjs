// For the page's scripts and their tests; run from the top of the checkout.

import {readFileSync, readdirSync} from "node:fs";

import js from "@eslint/js";

const folder = new URL("../../vawg_geo/publish/page/scripts/", import.meta.url);

// The scripts share one scope: what one declares, the others know.
const ours = {};
for (const name of readdirSync(folder).filter((file) => file.endsWith(".js") && !file.endsWith(".min.js"))) {
  const text = readFileSync(new URL(name, folder), "utf8");
  for (const [, kind, declared] of text.matchAll(/^(function|var) (\w+)/gm)) {
    ours[declared] = kind === "var" ? "writable" : "readonly";
  }
}

const known = (names) => Object.fromEntries(names.split(" ").map((name) => [name, "readonly"]));

// Names and notes come from people's files: they reach the page as text, by textContent alone.
const markup = ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "srcdoc", "createContextualFragment", "parseFromString"];

export default [
  {ignores: ["**/node_modules/**", "**/*.min.js"]},
  js.configs.recommended,
  {
    linterOptions: {reportUnusedDisableDirectives: "error"},
    rules: {
      "array-callback-return": "error",
      complexity: ["error", 25],
      eqeqeq: "error",
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", 60],
      "max-params": ["error", 5],
      "no-alert": "error",
      "no-caller": "error",
      "no-console": "error",
      "no-eval": "error",
      "no-extend-native": "error",
      "no-implied-eval": "error",
      "no-loop-func": "error",
      "no-new-func": "error",
      "no-param-reassign": "error",
      "no-script-url": "error",
      "no-self-compare": "error",
      "no-shadow": "error",
      "no-template-curly-in-string": "error",
      "no-throw-literal": "error",
      "no-unused-expressions": "error",
      "no-useless-concat": "error",
      "no-useless-return": "error",
      "prefer-promise-reject-errors": "error",
      radix: "error",
    },
  },
  {
    files: ["vawg_geo/publish/page/scripts/*.js"],
    languageOptions: {
      // What browsers of 2018 read: offices keep theirs long.
      ecmaVersion: 2018,
      sourceType: "script",
      parserOptions: {ecmaFeatures: {impliedStrict: true}},
      globals: {
        ...ours,
        ...known("window document location history getComputedStyle setTimeout requestAnimationFrame performance"),
        ...known("Blob URL URLSearchParams ResizeObserver Path2D L"),
      },
    },
    rules: {
      // Functions and variables at the top are for the other scripts; sources.test.mjs looks after them.
      "no-redeclare": ["error", {builtinGlobals: false}],
      "no-shadow": ["error", {builtinGlobals: false, hoist: "functions"}],
      "no-unused-vars": ["error", {vars: "local", args: "after-used", caughtErrors: "none"}],
      "no-restricted-globals": ["error", "fetch", "XMLHttpRequest", "WebSocket", "EventSource", "localStorage", "sessionStorage", "indexedDB"],
      "no-restricted-properties": ["error",
        {object: "document", property: "write"}, {object: "document", property: "writeln"}, {object: "document", property: "cookie"},
        {object: "navigator", property: "sendBeacon"}, {object: "window", property: "open"},
        ...markup.map((property) => ({property, message: "Names are text: use textContent."})),
      ],
    },
  },
  {
    files: ["tests/page/*.mjs"],
    languageOptions: {globals: known("process URL URLSearchParams structuredClone")},
    rules: {"max-lines-per-function": "off", "no-param-reassign": "off"},
  },
];
