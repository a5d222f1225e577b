import type { Micros } from "../../../engines/market/index.ts";
import type { LedgerRecord, Mode } from "../../../engines/orders/index.ts";
import type { BrokerAccount, BrokerPosition } from "../../brokers/broker.ts";
import type { RealBroker } from "../../brokers/setup.ts";
import type { Clock } from "../clock.ts";
import type { OrderLog } from "../order-log.ts";
import type { BrokerBoot } from "./live-boot.ts";

/** The account that orders go to, as the broker itself names it. */
export interface TradedAccount {
  readonly account: string;
  readonly mode: Mode;
  /** On the screen: `alpaca PA···7XK`. */
  readonly label: string;
  /** Why it may only be looked at, null where it is ours. */
  readonly readOnly: string | null;
  readonly answer: BrokerAccount;
  /** What it holds, where these books begin with it; null where they have begun. */
  readonly begins: readonly BrokerPosition[] | null;
}

/**
 * True where a ledger has more of an account than that a desk was open: from a booking, a ticket or an order on, what the broker has otherwise is a
 * difference.
 */
export const hasBegun = (records: readonly LedgerRecord[], base: string): boolean =>
  records.some(
    (r) => r.scope.startsWith(base) && (r.k === "booked" || r.k === "ticket" || r.k === "planned"),
  );

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/**
 * Asks a broker for its account until it answers, then takes the lock of that account. Until then there is no trading: which account it is,
 * whether its money is real, and what it holds where the books begin with that, is never guessed.
 */
export class AccountOpening {
  private waitMs = FIRST_WAIT_MS;
  private cancel: (() => void) | null = null;
  private over = false;

  constructor(
    private readonly o: {
      readonly boot: BrokerBoot;
      readonly broker: RealBroker;
      readonly log: OrderLog;
      readonly clock: Clock;
      readonly nowUs: () => Micros;
      /** The ledger has nothing of this account: its books begin with what it holds. */
      readonly begins: (account: string) => boolean;
      /** Why there is no trading yet. */
      readonly waiting: (why: string) => void;
      readonly opened: (account: TradedAccount) => void;
    },
  ) {
    this.ask();
  }

  close(): void {
    this.over = true;
    this.cancel?.();
  }

  private ask(): void {
    this.o.broker.account((answer) => {
      if (this.over) return;
      if (answer.ok) return this.heard(answer.value);
      this.later(`orders open when ${this.o.boot.label} answers for its account: ${answer.reason}`);
    });
  }

  private later(why: string): void {
    const { clock, waiting } = this.o;
    waiting(why);
    this.cancel = clock.after(this.waitMs, () => this.ask());
    this.waitMs = Math.min(this.waitMs * 2, LONGEST_WAIT_MS);
  }

  private heard(answer: BrokerAccount): void {
    const { boot, broker, begins, waiting } = this.o;
    const account = answer.id ?? boot.setup.kind;
    if (boot.account !== null && boot.account !== answer.id)
      return waiting(
        `no orders: orders.account asks for ${boot.account}, ${boot.label} answers for ${masked(account)}`,
      );
    if (!begins(account)) return this.take(answer, account, null);
    broker.positions((held) => {
      if (this.over) return;
      if (held.ok) return this.take(answer, account, held.value);
      this.later(`orders open when ${boot.label} tells what the account holds: ${held.reason}`);
    });
  }

  private take(answer: BrokerAccount, account: string, begins: TradedAccount["begins"]): void {
    const { boot, log, opened } = this.o;
    const mode: Mode = boot.venue || answer.paper === true ? "paper" : "live";
    const label = `${boot.label} ${masked(account)}`;
    log.lockAccount(`${boot.label}:${account}`, (heldBy) => {
      if (this.over) return;
      const readOnly =
        heldBy === null
          ? log.readOnly
          : `another Voldesk (process ${heldBy}) trades ${label}: this one only looks`;
      opened({ account, mode, label, readOnly, answer, begins });
    });
  }
}

/** `U···417`: enough to know one's own account by. */
export const masked = (account: string): string =>
  account.length < 6
    ? account
    : `${account.slice(0, account.startsWith("PA") || account.startsWith("DU") ? 2 : 1)}···${account.slice(-3)}`;
