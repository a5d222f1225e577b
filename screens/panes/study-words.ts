/** `stale_quote:12` → `stale quote 12`: the named warnings of the engines as one line. */
export function warningWords(warnings: readonly string[]): string {
  return warnings.map((w) => w.replaceAll("_", " ").replace(":", " ")).join("  ");
}
