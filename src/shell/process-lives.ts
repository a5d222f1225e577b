import { readFileSync } from "node:fs";

/** Clock ticks a second of Linux's process times. */
const HZ = 100;

/**
 * Whether the process that took something at `sinceUs` still runs. Numbers of processes are given again, after a restart of the machine soon:
 * one that began after the taking is another.
 */
export function processLives(pid: number, sinceUs: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const beganUs = began(pid);
  return beganUs === null || beganUs <= sinceUs + 1_000_000;
}

/** When a process began, µs by the wall; null where this system does not tell. */
function began(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
    const boot = Number(/^btime (\d+)/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
    const us = (boot + ticks / HZ) * 1e6;
    return us === us ? us : null;
  } catch {
    return null;
  }
}
