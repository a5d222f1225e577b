import { CONTRACT_TOPIC, IBKR_FIELDS } from "../../../store/capture/decode/ibkr-gateway.ts";
import type { Want } from "../feed.ts";
import type { Contracts } from "./contracts.ts";

/** The server ends a subscription by itself after some fifteen minutes, without a word. */
const RENEW_MS = 9 * 60_000;
/** Renewed in one round, so that they spread out. */
const RENEW_AT_ONCE = 5;

interface Line {
  readonly want: Want;
  conid: number | null;
  sentMs: number;
  /** When its first message came, the only proof there is, µs; null before. */
  sinceUs: number | null;
  refused: string | null;
  /** What the stream told of its prices last, by field. */
  readonly told: Map<string, string>;
}

/** Last, bid and ask: what a silence is judged by. */
export const PRICE_FIELDS = ["31", "84", "86"] as const;
const PRICES = /"(31|84|86)"\s*:\s*"([^"]*)"/g;

export interface LineTalk {
  send(text: string): void;
  /** Records which instrument a number means, before the first message of it. */
  name(text: string): void;
  nowMs(): number;
}

/** The market data lines that are held: asked for one by one, proven by their first message, renewed before they age out. */
export class Lines {
  private lines = new Map<string, Line>();
  private readonly byConid = new Map<number, Line>();
  private readonly named = new Set<number>();
  private ready = false;
  private pumping = false;

  constructor(
    private readonly contracts: Contracts,
    private readonly talk: LineTalk,
  ) {}

  get asked(): number {
    return this.lines.size;
  }
  get proven(): number {
    return [...this.lines.values()].filter((l) => l.sinceUs !== null).length;
  }
  /** Some lines that have spoken, most needed first. */
  some(count: number): { readonly symbol: string; readonly conid: number | null }[] {
    const proven = [...this.lines.values()].filter((l) => l.sinceUs !== null);
    return proven.slice(0, count).map((l) => ({ symbol: l.want.instrument.symbol, conid: l.conid }));
  }
  /** Whether a row of a snapshot says another price than the stream did last. */
  differs(row: Readonly<Record<string, unknown>>): boolean {
    const told = this.byConid.get(Number(row["conid"]))?.told;
    if (told === undefined) return false;
    return PRICE_FIELDS.some((f) => typeof row[f] === "string" && told.has(f) && row[f] !== told.get(f));
  }
  /** Since when it streams without a break; null while it does not. */
  since(id: string): number | null {
    return this.lines.get(id)?.sinceUs ?? null;
  }
  /** Why it does not stream; asked for each instrument at each look. */
  refusal(id: string): string | null {
    return this.lines.get(id)?.refused ?? null;
  }
  refusals(): ReadonlyMap<string, string> {
    return new Map(
      [...this.lines].flatMap(([id, l]) => (l.refused === null ? [] : [[id, l.refused] as const])),
    );
  }

  desire(wants: readonly Want[]): void {
    const before = this.lines;
    this.lines = new Map(
      wants.map((want) => {
        const { id } = want.instrument;
        return [
          id,
          before.get(id) ?? {
            want,
            conid: null,
            sentMs: Number.NaN,
            sinceUs: null,
            refused: null,
            told: new Map(),
          },
        ];
      }),
    );
    for (const [id, line] of before) {
      if (this.lines.has(id) || line.conid === null) continue;
      this.byConid.delete(line.conid);
      if (this.ready) this.talk.send(`umd+${line.conid}+{}`);
    }
    void this.pump();
  }

  /** A new connection: the server knows nothing of the old one. */
  begin(): void {
    this.ready = true;
    for (const line of this.lines.values()) line.sentMs = Number.NaN;
    void this.pump();
  }

  end(): void {
    this.ready = false;
    for (const line of this.lines.values()) line.sinceUs = null;
  }

  /** A message of a number came; `error` where it is a refusal. */
  heard(conid: number, nowUs: number, text: string, error: string | null): void {
    const line = this.byConid.get(conid);
    if (line === undefined) return;
    for (const [, field = "", value = ""] of text.matchAll(PRICES)) line.told.set(field, value);
    if (error === null) line.sinceUs ??= nowUs;
    else line.refused = error;
  }

  /** Once a second. */
  renew(): void {
    if (!this.ready) return;
    const now = this.talk.nowMs();
    const due = [...this.lines.values()].filter((l) => now - l.sentMs > RENEW_MS);
    for (const line of due.slice(0, RENEW_AT_ONCE)) this.subscribe(line);
  }

  /** Says which instrument a number means, once. */
  announce(conid: number, instrument: Want["instrument"]): void {
    if (this.named.has(conid)) return;
    this.named.add(conid);
    this.talk.name(JSON.stringify({ topic: CONTRACT_TOPIC, conid, instrument }));
  }

  private async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    for (let line = this.next(); line !== undefined; line = this.next()) {
      try {
        line.conid ??= await this.contracts.conid(line.want.instrument);
      } catch {
        // The gateway does not answer now; the next connection or wish begins again.
        break;
      }
      if (line.conid === null) line.refused = "the broker lists no such contract";
      else if (this.ready && this.lines.get(line.want.instrument.id) === line) this.subscribe(line);
    }
    this.pumping = false;
  }

  private next(): Line | undefined {
    if (!this.ready) return undefined;
    return [...this.lines.values()].find((l) => l.refused === null && l.sentMs !== l.sentMs);
  }

  private subscribe(line: Line): void {
    if (line.conid === null) return;
    this.byConid.set(line.conid, line);
    this.announce(line.conid, line.want.instrument);
    line.sentMs = this.talk.nowMs();
    this.talk.send(`smd+${line.conid}+${JSON.stringify({ fields: IBKR_FIELDS })}`);
  }
}
