import { choice, flag, integer, path, type Setting } from "../setting-kinds.ts";

/** Warehouse, studies, logs and checks. */
export const STORE_SETTINGS = {
  "warehouse.path": path({
    help: "File of the warehouse. Usual place: warehouse.duckdb in the state folder.",
  }),
  "warehouse.memoryMb": integer({
    default: 1_000,
    min: 128,
    max: 1_000_000,
    unit: "MB",
    help: "Most memory the warehouse takes.",
  }),
  "warehouse.threads": integer({
    default: 2,
    min: 1,
    max: 64,
    unit: "threads",
    help: "Threads that the warehouse computes with.",
  }),
  "studies.store": flag({
    default: false,
    help: "voldesk surface, term, exposure, flow, levels and scenarios keep their results in the warehouse; --store and --no-store win.",
  }),
  "log.level": choice(["error", "warn", "info", "debug", "off"], {
    default: "info",
    help: "What goes to the log files in the state folder.",
  }),
  "log.fileKb": integer({
    default: 5_000,
    min: 10,
    max: 1_000_000,
    unit: "kB",
    help: "A log file is put aside when it is this long.",
  }),
  "log.files": integer({
    default: 4,
    min: 1,
    max: 100,
    unit: "files",
    help: "Log files kept in all, the newest included.",
  }),
  "doctor.diskFreeMb": integer({
    default: 500,
    min: 10,
    max: 10_000_000,
    unit: "MB",
    help: "Less free space than this in the state folder is a warning of `voldesk doctor`.",
  }),
} as const satisfies Record<string, Setting>;
