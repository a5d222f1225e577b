import type {
  ChartView,
  ExposureView,
  FeedsView,
  LogView,
  PositionsView,
  StatusView,
  SurfaceView,
} from "../../src/desk/protocol.ts";
import type { DeskClient } from "../desk-client.ts";
import { cutText } from "../kit/canvas.ts";
import * as f from "../kit/format.ts";
import type { Role } from "../theme/roles.ts";
import { signRole, type Theme } from "../theme/theme.ts";
import type { WallKit, WallScreen, Widget } from "./blessed.ts";
import { historyCurve, priceCurves } from "./curves.ts";
import { headLine } from "./head.ts";
import { History } from "./history.ts";
import { Ink } from "./ink.ts";
import {
  chartPart,
  headPart,
  logPart,
  type Part,
  type Share,
  sharePart,
  sheetRoom,
  tablePart,
} from "./parts.ts";
import { MIN_COLS, MIN_ROWS, type Place, placesOf } from "./places.ts";
import {
  deltaShare,
  feedsSheet,
  newQuote,
  positionsSheet,
  usedShare,
  type WatchLine,
  watchSheet,
} from "./sheets.ts";
import { exposureLabel, exposureSheet, termCurve, termLabel } from "./studies.ts";

const WATCH_LIST = "main";
const LOG_ENTRIES = 100;
const LEVEL_ROLE: Readonly<Record<string, Role>> = { info: "dim", warn: "warn", error: "error" };
/** Shares of the account above these are worth a look, and a worry. */
const WARN_SHARE = 0.5;
const ALARM_SHARE = 0.9;

/** The second screen: what the desk says, painted by blessed-contrib. It subscribes and never sends a command. */
export class Wall {
  #status: StatusView | null = null;
  #chart: ChartView | null = null;
  #positions: PositionsView | null = null;
  #feeds: FeedsView | null = null;
  #surface: SurfaceView | null = null;
  #exposure: ExposureView | null = null;
  #log: LogView | null = null;
  #watch: WatchLine[] = [];
  readonly #nav = new History();
  readonly #pnl = new History();
  #parts: Widget[] = [];
  #painters: (() => void)[] = [];
  #dirty = true;
  readonly #ink: Ink;
  readonly #unsubscribe: (() => void)[];

  constructor(
    readonly kit: WallKit,
    readonly screen: WallScreen,
    readonly desk: DeskClient,
    theme: Theme,
  ) {
    this.#ink = new Ink(theme);
    const changed = <T>(take: (model: T) => void) => {
      return (model: T): void => {
        take(model);
        this.#dirty = true;
      };
    };
    this.#unsubscribe = [
      desk.subscribe(
        "status",
        {},
        changed((v) => this.#takeStatus(v)),
      ),
      desk.subscribe(
        "chart",
        { slot: null, barMinutes: 1 },
        changed((v) => {
          this.#chart = v;
        }),
      ),
      desk.subscribe(
        "positions",
        {},
        changed((v) => {
          this.#positions = v;
        }),
      ),
      desk.subscribe(
        "watch",
        { list: WATCH_LIST },
        changed((v) => {
          this.#watch = v.rows.map((row) => ({ row, quote: newQuote() }));
        }),
      ),
      desk.subscribe(
        "feeds",
        {},
        changed((v) => {
          this.#feeds = v;
        }),
      ),
      desk.subscribe(
        "surface",
        { underlying: null, expiry: null },
        changed((v) => {
          this.#surface = v;
        }),
      ),
      desk.subscribe(
        "exposure",
        { underlying: null, slice: "all", convention: "callsPlusPutsMinus" },
        changed((v) => {
          this.#exposure = v;
        }),
      ),
      desk.subscribe(
        "log",
        { limit: LOG_ENTRIES },
        changed((v) => {
          this.#log = v;
        }),
      ),
    ];
    this.arrange();
  }

  get status(): StatusView | null {
    return this.#status;
  }

  /** Builds the parts anew for the present size: contrib's canvases keep the size they were born with. */
  arrange(): void {
    for (const part of this.#parts) part.destroy();
    this.#parts = [];
    this.#painters = [];
    const places = placesOf(this.screen.width, this.screen.height);
    if (places.length === 0) this.#tooSmall();
    for (const place of places) this.#build(place);
    this.screen.alloc();
    this.#dirty = true;
  }

  /** Paints if anything changed since the last time. */
  paint(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    for (const painter of this.#painters) painter();
    this.screen.render();
  }

  end(): void {
    for (const stop of this.#unsubscribe) stop();
  }

  #takeStatus(v: StatusView): void {
    this.#status = v;
    this.#nav.add(v.nowUs, v.nav);
    this.#pnl.add(v.nowUs, v.dayPnl);
  }

  #add<T>(part: Part<T>, painter: (show: Part<T>["show"]) => void): void {
    this.screen.append(part.widget);
    this.#parts.push(part.widget);
    this.#painters.push(() => painter(part.show));
  }

  #tooSmall(): void {
    const { width, height } = this.screen;
    const place: Place = { part: "head", x: 0, y: 0, w: width, h: 1 };
    this.#add(headPart(this.kit, place), (show) =>
      show("", `The wall needs ${MIN_COLS}x${MIN_ROWS}, this is ${width}x${height}. q quits.`),
    );
  }

  #build(place: Place): void {
    const { kit } = this;
    const ink = this.#ink;
    const points = Math.max(2, place.w * 2 - 24);
    const room = sheetRoom(place);
    switch (place.part) {
      case "head":
        this.#add(headPart(kit, place), (show) => show("", headLine(this.#status, place.w, ink)));
        break;
      case "price":
        this.#add(chartPart(kit, place, ink), (show) => this.#price(show, points));
        break;
      case "nav":
        this.#add(chartPart(kit, place, ink), (show) => {
          const v = this.#status;
          show(
            `${ink.text("bold", "NAV")} ${ink.text("title", f.units(v?.nav))} ${ink.text(signRole(v?.dayPnl ?? null), f.signed(v?.dayPnl))}`,
            historyCurve("NAV", this.#nav.samples, v?.zoneOffsetMin ?? 0, points),
          );
        });
        break;
      case "pnl":
        this.#add(chartPart(kit, place, ink), (show) => {
          const v = this.#status;
          const why = v?.dayPnl === null ? ` ${this.#positions?.rows.at(-1)?.dayPnlReason ?? ""}` : "";
          const label = cutText(`${f.signed(v?.dayPnl)}${why}`, place.w - 14, ink.theme.g.ellipsis);
          show(
            `${ink.text("bold", "Day P&L")} ${ink.text(signRole(v?.dayPnl ?? null), label)}`,
            historyCurve("Day P&L", this.#pnl.samples, v?.zoneOffsetMin ?? 0, points),
          );
        });
        break;
      case "term":
        this.#add(chartPart(kit, place, ink), (show) =>
          show(termLabel(this.#surface, ink), termCurve(this.#surface)),
        );
        break;
      case "exposure":
        this.#add(tablePart(kit, place, ink), (show) =>
          show(
            exposureLabel(this.#exposure, ink),
            exposureSheet(this.#exposure, room.width, room.height, ink),
          ),
        );
        break;
      case "positions":
        this.#add(tablePart(kit, place, ink), (show) => {
          const rows = this.#positions?.rows ?? [];
          const total = this.#positions?.total ?? 0;
          const label = this.#positions !== null && total === 0 ? "Positions: none" : `Positions ${total}`;
          show(ink.text("bold", label), positionsSheet(rows, room.width, room.height, ink));
        });
        break;
      case "used":
        this.#add(sharePart(kit, place, ink, false), (show) => {
          const v = this.#status;
          const power = ` BP ${f.short(v?.buyingPower)}`;
          const room = place.w >= 30;
          show(
            `${ink.text("bold", room ? "Margin used" : "Margin")}${room ? power : ""}`,
            worry(v === null ? null : usedShare(v), WARN_SHARE, ALARM_SHARE),
          );
        });
        break;
      case "delta":
        this.#add(sharePart(kit, place, ink, true), (show) => {
          const v = this.#status;
          const label = `${ink.text("bold", ink.clean("Δ$"))} ${f.shortSigned(v?.dollarDelta)} ${v?.baseCcy ?? ""}`;
          const share = v === null ? null : deltaShare(v);
          show(label, share === null ? null : { share, role: signRole(v?.dollarDelta ?? null) });
        });
        break;
      case "watch":
        this.#add(tablePart(kit, place, ink), (show) => {
          for (const line of this.#watch) this.desk.book?.read(line.row.slot, line.quote);
          show(ink.text("bold", "Watch"), watchSheet(this.#watch, room.width, room.height, ink));
        });
        break;
      case "feeds":
        this.#add(tablePart(kit, place, ink), (show) =>
          show(ink.text("bold", "Feeds"), feedsSheet(this.#feeds?.feeds ?? [], room.width, room.height, ink)),
        );
        break;
      case "log":
        this.#add(logPart(kit, place, ink), (show) =>
          show(ink.text("bold", "Log"), this.#logLines(place.w - 2)),
        );
        break;
    }
  }

  #price(show: Part<NonNullable<ReturnType<typeof priceCurves>>>["show"], points: number): void {
    const ink = this.#ink;
    const view = this.#chart;
    if (view === null) return show(ink.text("bold", "Chart"), null);
    const last = f.price(view.bars.close.at(-1), view.decimals);
    const vwap = view.vwap.at(-1);
    const known = vwap !== undefined && Number.isFinite(vwap);
    const tail = known ? ` ${ink.text("mine", `VWAP ${f.fixed(vwap, view.decimals)}`)}` : "";
    show(
      `${ink.text("bold", view.label)} ${view.barMinutes}m ${ink.text("title", last)}${tail}`,
      priceCurves(view, points),
    );
  }

  #logLines(width: number): string[] {
    const ink = this.#ink;
    const offset = this.#status?.zoneOffsetMin ?? 0;
    const entries = this.#log?.entries ?? [];
    if (entries.length === 0) return [ink.text("dim", " Nothing logged yet.")];
    return entries.map((e) => {
      const text = `${f.clock(e.us, offset)} ${e.level} ${e.code === null ? "" : `${e.code} `}${e.text}`;
      return ink.text(LEVEL_ROLE[e.level] ?? "text", ` ${text}`.slice(0, width));
    });
  }
}

function worry(share: number | null, warn: number, alarm: number): Share | null {
  if (share === null) return null;
  return { share, role: share >= alarm ? "error" : share >= warn ? "warn" : "ok" };
}
