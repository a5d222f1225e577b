import { type Gateway, type GatewayAnswer, GatewayError } from "../../feeds/ibkr/gateway.ts";
import type { SubmitReply } from "../broker.ts";
import { isRow, type Row, rowsOf, textOf } from "../wire-values.ts";

/**
 * Questions that the preview has answered already: the price band (o163), no market data at the broker's (o354), size (o383), at once
 * marketable (o403), value (o451), a cap by fair market rules (o10153). Any other is for the trader, so it ends in a refusal here.
 */
export const ANSWERED_YES: ReadonlySet<string> = new Set(["o163", "o354", "o383", "o403", "o451", "o10153"]);
const MOST_QUESTIONS = 20;
/** An order that would go out later than this after `C` does not go out. */
const MOST_SILENCE_MS = 1_000;

export type Said =
  | { readonly said: "done"; readonly orderId: string }
  | { readonly said: "question"; readonly id: string; readonly ids: readonly string[]; readonly text: string }
  | { readonly said: "refused"; readonly reason: string }
  | { readonly said: "unclear"; readonly reason: string };

const refused = (reason: string): Said => ({ said: "refused", reason });
const unclear = (reason: string): Said => ({ said: "unclear", reason });

/** Words of an order request's answer. One of the four kinds, whatever its status; what is none of them is unclear. */
export function saidOf({ status, value }: GatewayAnswer): Said {
  if (status === 401) return refused("the gateway is not logged in: open it in a browser and log in");
  if (status === 429) return unclear("too many requests at the gateway");
  const [row] = rowsOf(value);
  const error = textOf(isRow(value) ? value["error"] : row?.["error"]);
  if (status >= 500) return unclear(error ?? `the gateway failed (HTTP ${status})`);
  if (error !== null) return errorOf(plain(error));
  if (status < 200 || status >= 300 || row === undefined) return unclear("the answer can't be read");
  const orderId = textOf(row["order_id"]);
  if (orderId !== null) return { said: "done", orderId };
  const id = textOf(row["id"]);
  return id === null ? unclear("the answer can't be read") : question(id, row);
}

function errorOf(error: string): Said {
  // It is there already, or the chain broke: only a look tells.
  if (/already registered|reply id not found/i.test(error)) return unclear(error);
  if (error.includes("no bridge")) return refused("there is no brokerage session: log in to the gateway");
  return refused(error);
}

function question(id: string, row: Row): Said {
  const messages = row["message"];
  const text = (Array.isArray(messages) ? messages : [messages]).map(textOf).filter((t) => t !== null);
  const ids = (Array.isArray(row["messageIds"]) ? row["messageIds"] : []).flatMap((m) => textOf(m) ?? []);
  return { said: "question", id, ids, text: plain(text.join(" ")) };
}

const plain = (text: string): string =>
  text
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();

/** Sends one order request and answers its questions, each once, until it is done, refused or unclear. */
export class QuestionChain {
  constructor(
    private readonly gateway: Gateway,
    private readonly yes: ReadonlySet<string>,
  ) {}

  /** `stopped` is asked before each yes. */
  async run(path: string, body: Row, stopped: () => boolean): Promise<SubmitReply> {
    const tooLate = this.tooLate();
    if (tooLate !== null) return { outcome: "rejected", reason: `${tooLate}; nothing was sent` };
    let said = await this.post(path, body);
    for (let n = 0; said.said === "question" && n < MOST_QUESTIONS; n++) {
      // The broker drops an order whose question nobody answers.
      const late = this.tooLate();
      if (late !== null)
        return { outcome: "rejected", reason: `${late}; the broker's question was left open` };
      const no = stopped() ? "cancelled before it was confirmed" : this.whyNot(said.ids, said.text);
      if (no !== null) {
        await this.post(`/iserver/reply/${said.id}`, { confirmed: false });
        return { outcome: "rejected", reason: no };
      }
      said = await this.post(`/iserver/reply/${said.id}`, { confirmed: true });
    }
    switch (said.said) {
      case "done":
        return { outcome: "acked", brokerId: said.orderId };
      case "refused":
        return { outcome: "rejected", reason: said.reason };
      case "question":
        return {
          outcome: "rejected",
          reason: `more than ${MOST_QUESTIONS} questions; the order was not confirmed`,
        };
      case "unclear":
        return { outcome: "unknown", reason: said.reason };
    }
  }

  private tooLate(): string | null {
    const ms = this.gateway.silentMs;
    if (ms <= MOST_SILENCE_MS) return null;
    return `too many requests at the gateway: it asks for silence for ${Math.ceil(ms / 1_000)} s more`;
  }

  private whyNot(ids: readonly string[], text: string): string | null {
    const strange = ids.filter((id) => !this.yes.has(id));
    if (ids.length > 0 && strange.length === 0) return null;
    const name = strange.length === 0 ? "without a number" : strange.join(", ");
    return `the broker asks, and nobody here may say yes to it (${name}): ${text}`;
  }

  private async post(path: string, body: Row): Promise<Said> {
    try {
      return saidOf(await this.gateway.exchange("POST", path, body));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const unsent = error instanceof GatewayError && error.unsent;
      return unsent ? refused(`${reason}; nothing was sent`) : unclear(reason);
    }
  }
}
