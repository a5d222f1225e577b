import { describe, expect, it } from "vitest";
import type { InstrumentId } from "../../engines/market/index.ts";
import type { Command, CommandResult, Draft, FromDesk, StatusView } from "../../src/desk/protocol.ts";
import type { Clock } from "../../src/shell/clock.ts";
import { DeskSession } from "../../src/shell/desk-session.ts";
import { openDesk } from "../../src/shell/open-desk.ts";
import { memoryLog } from "../../src/shell/order-log.ts";
import { bootOf } from "./boot.ts";

const CALL = "OPT/GOOG/2016-01-15/C/760/USD/1" as InstrumentId;
const DRAFT: Draft = {
  legs: [{ instrument: CALL, ratio: 1 }],
  side: "buy",
  purpose: "auto",
  qty: { by: "count", n: 2 },
  price: { by: "anchor", anchor: "ask", offset: 0, unit: "t", follows: true },
  tif: "day",
  from: null,
};

/** A desk whose ledger nobody has read yet, on a clock that only `pass` moves. */
function opening() {
  let nowMs = 0;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  const clock: Clock = {
    monotonicMs: () => nowMs,
    wallUs: () => nowMs * 1000,
    after: (ms, run) => {
      const timer = { atMs: nowMs + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  };
  const pass = (ms: number): void => {
    nowMs += ms;
    const due = timers.filter((timer) => timer.atMs <= nowMs);
    timers = timers.filter((timer) => timer.atMs > nowMs);
    for (const timer of due) timer.run();
  };
  let status: StatusView | null = null;
  const answers = new Map<number, CommandResult>();
  const send = (message: FromDesk): void => {
    if (message.t === "view" && message.view === "status") status = message.model as StatusView;
    if (message.t === "result") answers.set(message.id, message.result);
  };
  const session = new DeskSession(
    openDesk(bootOf("goog-2015-12-24", { at: "10:00", index: false })),
    send,
    clock,
  );
  session.begin();
  session.receive({ t: "subscribe", sub: 0, view: "status", params: {} });
  let id = 0;
  /** Asks, and reads the answer that there is by now. */
  const ask = (command: Command): (() => CommandResult | undefined) => {
    const mine = ++id;
    session.receive({ t: "command", id: mine, command });
    return () => answers.get(mine);
  };
  return { session, ask, pass, status: () => status as unknown as StatusView };
}

describe("before the ledger of orders is read", () => {
  it("the status line knows neither the state of trading nor how many orders there are", () => {
    const { session, status, pass } = opening();
    expect(status()).toMatchObject({ trading: null, workingOrders: null, stagedTickets: null });
    session.openOrders(memoryLog());
    pass(200);
    expect(status()).toMatchObject({ trading: "active", workingOrders: 0, stagedTickets: 0 });
    session.stop();
  });

  it("a ticket and its preview wait and are judged when it is; what could send is refused at once", () => {
    const { session, ask } = opening();
    const staged = ask({ name: "stage", draft: DRAFT });
    const preview = ask({ name: "preview", tickets: ["T1"] });
    const resume = ask({ name: "resume", typed: "ACTIVE" });
    expect([staged(), preview()]).toEqual([undefined, undefined]);
    expect(resume()).toMatchObject({ ok: false, message: expect.stringMatching(/ledger is being read/) });
    session.openOrders(memoryLog());
    expect(staged()).toMatchObject({ ok: true, made: "T1" });
    expect(preview()).toMatchObject({ ok: true, made: "V1" });
    session.stop();
  });

  it("a kill holds at once, shows, and comes before all that waited", () => {
    const { session, ask, status, pass } = opening();
    const staged = ask({ name: "stage", draft: DRAFT });
    const kill = ask({ name: "kill", reason: "key" });
    expect(kill()).toMatchObject({ ok: true, message: expect.stringMatching(/^HALTED by key/) });
    pass(200);
    expect(status().trading).toBe("halted");
    expect(staged()).toBe(undefined);
    session.openOrders(memoryLog());
    pass(200);
    expect(status().trading).toBe("halted");
    expect(staged()).toMatchObject({ ok: true, made: "T1" });
    session.stop();
  });

  it("nobody waits for ever: after five seconds, or where it can't be read, the answer is no and says why", () => {
    const late = opening();
    const first = late.ask({ name: "stage", draft: DRAFT });
    late.pass(5_000);
    expect(first()).toMatchObject({ ok: false, message: expect.stringMatching(/ledger is being read/) });
    late.session.stop();

    const broken = opening();
    const second = broken.ask({ name: "stage", draft: DRAFT });
    broken.session.ledgerOpened({ code: "LDG-001", message: "the disk is on fire" });
    expect(second()).toMatchObject({ ok: false, message: expect.stringMatching(/the disk is on fire/) });
    broken.pass(200);
    expect(broken.status().trading).toBe("halted");
    broken.session.stop();
  });
});
