#!/usr/bin/env node
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Voldesk needs Node 20.19 or newer, this is ${process.versions.node}. Install a newer Node and try again.`);
  process.exit(78);
}
const { existsSync } = await import("node:fs");
const main = new URL("../dist/main.js", import.meta.url);
if (!existsSync(main)) {
  console.error("Voldesk is not built. Run `npm ci` (or `npm run build`) in its folder.");
  process.exit(78);
}
await import(main.href).catch((error) => {
  if (error.code !== "EMFILE") throw error;
  console.error("CLI-008 This process may not open enough files. Raise the limit: `ulimit -n 1024`.");
  process.exit(69);
});
