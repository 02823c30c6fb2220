// Copies what browsers load out of node_modules into static/vendor, so that no page asks another host for anything.
// Run by `npm run vendor` after `npm ci`; the result is never committed.

import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const vendor = join(root, "static", "vendor");

/** Library files: [package, file in it, name under static/vendor]. */
const FILES = [
  ["socket.io-client", "dist/socket.io.esm.min.js", "socket.io.esm.min.js"],
  ["leaflet", "dist/leaflet-src.esm.js", "leaflet/leaflet.js"],
  ["leaflet", "dist/leaflet.css", "leaflet/leaflet.css"],
  ["leaflet", "dist/images", "leaflet/images"],
];

/** The site's two faces: [package, its stylesheet, folder under static/vendor]. */
const FACES = [
  ["@fontsource/forum", "index.css", "forum"],
  ["@fontsource-variable/commissioner", "wght.css", "commissioner"],
];

/** Types for `tsc`, which looks beside the module it finds. */
const TYPES = [
  ["socket.io.esm.min.d.ts", "socket.io-client"],
  ["leaflet/leaflet.d.ts", "leaflet"],
];

/** Copies a face's stylesheet and the woff2 files it names. */
function copyFace([name, stylesheet, folder]) {
  const target = join(vendor, folder);
  mkdirSync(join(target, "files"), { recursive: true });
  const css = readFileSync(join(modules, name, stylesheet), "utf8").replace(/, url\([^)]*\.woff\) format\('woff'\)/g, "");
  writeFileSync(join(target, "face.css"), css);
  for (const file of readdirSync(join(modules, name, "files")).filter((file) => css.includes(`${file})`))) {
    cpSync(join(modules, name, "files", file), join(target, "files", file));
  }
}

rmSync(vendor, { recursive: true, force: true });
for (const [name, file, to] of FILES) cpSync(join(modules, name, file), join(vendor, to), { recursive: true });
for (const face of FACES) copyFace(face);
for (const [file, name] of TYPES) writeFileSync(join(vendor, file), `export * from "${name}";\n`);
