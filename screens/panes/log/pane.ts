import type { LogEntry, LogView } from "../../../src/desk/protocol.ts";
import type { Pane, PaneHost, PaneSpec } from "../../app/pane.ts";
import { want } from "../../app/pane.ts";
import type { Canvas } from "../../kit/canvas.ts";
import { clock } from "../../kit/format.ts";
import type { Role } from "../../theme/roles.ts";
import { matches } from "../positions/rows.ts";

const LEVELS = ["info", "warn", "error"] as const;
/** Entries kept on screen. */
const LIMIT = 500;
const ROLE: Readonly<Record<LogEntry["level"], Role>> = { info: "dim", warn: "warn", error: "error" };

function create(host: PaneHost): Pane {
  let entries: readonly LogEntry[] = [];
  let level = 0;
  let filter = "";
  let open: number | null = null;
  /** Entry under the cursor; null follows the newest. */
  let cursor: number | null = null;

  const shown = (): readonly LogEntry[] =>
    entries.filter(
      (e) =>
        LEVELS.indexOf(e.level) >= level &&
        (filter === "" || matches(`${e.source} ${e.code ?? ""} ${e.text}`, filter)),
    );
  const receive = (model: LogView): void => {
    // Newest first, whatever order they came in.
    entries = model.entries.toSorted((a, b) => b.id - a.id);
  };
  const move = (by: number): void => {
    const list = shown();
    const at = cursor === null ? 0 : list.findIndex((e) => e.id === cursor);
    const next = list[Math.max(0, Math.min(list.length - 1, at + by))];
    cursor = next === undefined || next === list[0] ? null : next.id;
  };
  const line = (canvas: Canvas, y: number, e: LogEntry): void => {
    const { s } = canvas.theme;
    const offset = host.status()?.zoneOffsetMin ?? 0;
    let x = canvas.text(1, y, `${clock(e.us, offset)} `, s.dim);
    x = canvas.text(x, y, `${e.level.padEnd(5)} `, s[ROLE[e.level]]);
    x = canvas.text(x, y, `${e.source.padEnd(6)} `, s.dim);
    const text = e.code === null ? e.text : `${e.code} ${e.text}`;
    canvas.cut(x, y, canvas.w - x - 1, text, e.level === "error" ? s.error : s.text);
  };

  return {
    wants: () => [want("log", { limit: LIMIT }, receive)],
    title: () => `${LEVELS[level]}+${filter === "" ? "" : `  /${filter}`}`,
    foot: () => "m level  / filter  Enter what to do",
    paint: (canvas, { theme, focused }) => {
      const list = shown();
      if (list.length === 0) {
        const none =
          entries.length === 0 ? "Nothing logged yet." : `0 of ${entries.length} match. m shows more levels.`;
        canvas.text(1, 0, none, theme.s.dim);
        return;
      }
      const at = Math.max(0, cursor === null ? 0 : list.findIndex((e) => e.id === cursor));
      const top = Math.max(0, Math.min(at, at - canvas.h + (open === null ? 1 : 2)));
      let y = 0;
      for (let i = top; i < list.length && y < canvas.h; i++) {
        const e = list[i] as LogEntry;
        line(canvas, y, e);
        if (focused && i === at) canvas.ground(0, y, canvas.w, 1, theme.s.select);
        y++;
        if (e.id === open && y < canvas.h) {
          canvas.cut(
            10,
            y++,
            canvas.w - 11,
            `${theme.g.folded} ${e.advice ?? "Nothing to do."}`,
            theme.s.key,
          );
        }
      }
    },
    paintLine: (canvas) => {
      const [first] = shown();
      if (first) line(canvas, 0, first);
    },
    back: () => {
      if (filter === "" && open === null) return false;
      filter = "";
      open = null;
      return true;
    },
    actions: {
      up: () => move(-1),
      down: () => move(1),
      pageUp: () => move(-10),
      pageDown: () => move(10),
      top: () => {
        cursor = null;
      },
      bottom: () => move(Number.MAX_SAFE_INTEGER),
      view: () => {
        level = (level + 1) % LEVELS.length;
      },
      filter: () =>
        host.prompt({
          label: "/",
          text: filter,
          onEdit: (text) => {
            filter = text;
          },
          onDone: () => {},
          onCancel: () => {
            filter = "";
          },
        }),
      open: () => {
        const id = cursor ?? shown()[0]?.id ?? null;
        open = open === id ? null : id;
      },
    },
    explain: () => {
      const e = shown().find((x) => x.id === cursor) ?? shown()[0];
      return e ? { view: "log", row: `${e.id}`, column: "text" } : null;
    },
    copied: () => {
      const e = shown().find((x) => x.id === cursor) ?? shown()[0];
      if (!e) return null;
      const text = `${e.level} ${e.source} ${e.code ?? ""} ${e.text}`.replace(/ +/g, " ");
      return { cell: e.text, row: e.advice === null ? text : `${text} ${e.advice}` };
    },
  };
}

export const logPane: PaneSpec = { id: "log", key: "L", name: "Log", min: { cols: 40, rows: 1 }, create };
