import type { Check } from "./checks.ts";

/** Between this machine and the broker; more and ages on the screen mislead. */
const SKEW_MS = 500;

/** This machine's clock at `atUs` against what a broker told then. */
export function skewCheck(name: string, us: number | null, atUs: number): Check {
  if (us === null) return { name, state: "warn", found: "it answers, but tells no time", advice: null };
  const ms = Math.round((atUs - us) / 1000);
  const off = Math.abs(ms) < 10_000 ? `${Math.abs(ms)} ms` : `${Math.round(Math.abs(ms) / 1000)} s`;
  const found = `answers; this clock is ${off} ${ms < 0 ? "behind" : "ahead"}`;
  const advice =
    Math.abs(ms) > SKEW_MS
      ? "Let this machine keep its time by NTP: ages of quotes are read off its clock."
      : null;
  return { name, state: advice === null ? "ok" : "warn", found, advice };
}
