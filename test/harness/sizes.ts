import { appendFileSync } from "node:fs";

/** How much of a figure is proved: in `npm test`, in `npm run soak`, and in `npm run soak -- --nightly`. */
export type Size = "test" | "soak" | "nightly";
const named = process.env["VOLDESK_SIZE"];
export const SIZE: Size =
  named === "nightly" || named === "soak"
    ? named
    : Number(process.env["VOLDESK_SOAK"] ?? 0) > 0
      ? "soak"
      : "test";

/** So many of something at each of the three sizes. */
export const sized = (counts: Readonly<Record<Size, number>>): number => counts[SIZE];

/** A test of any size may take this long. */
export const LONG_MS = 24 * 3_600_000;

/** One line of what a run proved: it is printed when the run ends. */
export function figure(name: string, seen: string): void {
  const file = process.env["VOLDESK_FIGURES"];
  if (file !== undefined) appendFileSync(file, `${name}: ${seen}\n`);
}
