import { createHash } from "node:crypto";
import type { Desk } from "../desk/desk.ts";

const NODE_MAJOR = process.versions.node.split(".")[0];

/**
 * SHA-256 over the whole state in canonical order. It names the Node major it was made with, because Math.exp and its kin may differ
 * between engine versions.
 */
export function stateHash(desk: Desk): string {
  const hash = createHash("sha256");
  desk.hashInto((bytes) => hash.update(bytes));
  return `node${NODE_MAJOR}:${hash.digest("hex")}`;
}
