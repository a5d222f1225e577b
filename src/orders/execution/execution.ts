import type { LedgerRecord } from "../../../engines/orders/index.ts";
import type { CommandResult, QueueStyle } from "../../desk/protocol.ts";
import type { OrderDesk } from "../order-desk.ts";
import type { ExecutionFace, LeggingLimits } from "./face.ts";
import { Jobs } from "./jobs.ts";
import { LeggingWatch } from "./legging-watch.ts";
import { workOrders } from "./work.ts";

/** The helpers of an order desk that go by the clock. */
export class Execution implements ExecutionFace {
  private readonly jobs: Jobs;
  private readonly legs: LeggingWatch;

  constructor(
    private readonly desk: OrderDesk,
    limits: LeggingLimits,
  ) {
    this.jobs = new Jobs(desk);
    this.legs = new LeggingWatch(desk, limits);
  }

  look(): void {
    workOrders(this.desk);
    this.jobs.look();
    this.legs.look();
  }
  fold(record: LedgerRecord): void {
    this.jobs.fold(record);
  }
  queue(tickets: readonly string[], style: QueueStyle): CommandResult {
    return this.jobs.queue(tickets, style);
  }
  unqueue(tickets: readonly string[]): CommandResult {
    return this.jobs.unqueue(tickets);
  }
  dueWith(ticket: string): readonly string[] {
    return this.jobs.dueWith(ticket);
  }
  noteOfTicket(ticket: string): string | null {
    return this.jobs.noteOf(ticket);
  }
  noteOfOrder(order: string): string | null {
    return this.legs.noteOf(order);
  }
}
