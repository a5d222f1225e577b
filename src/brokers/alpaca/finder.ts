import type { FindReply } from "../broker.ts";
import type { Lookup } from "./lookup.ts";

/** From so many questions at a time the list of open orders is asked for instead. */
const MANY = 4;

interface Question {
  readonly clientId: string;
  readonly answer: (reply: FindReply) => void;
  readonly fail: (error: unknown) => void;
}

/** Gathers questions for orders that come together, as the desk asks them at start and every minute. */
export class Finder {
  private asked: Question[] = [];

  constructor(private readonly lookup: Lookup) {}

  find(clientId: string): Promise<FindReply> {
    return new Promise((answer, fail) => {
      this.asked.push({ clientId, answer, fail });
      if (this.asked.length === 1) queueMicrotask(() => this.ask(this.asked.splice(0)));
    });
  }

  private ask(questions: readonly Question[]): void {
    if (questions.length < MANY) {
      for (const { clientId, answer, fail } of questions) this.lookup.find(clientId).then(answer, fail);
      return;
    }
    this.lookup.findAll(questions.map((q) => q.clientId)).then(
      (replies) => {
        for (const [i, { answer }] of questions.entries()) answer(replies[i] as FindReply);
      },
      (error: unknown) => {
        for (const { fail } of questions) fail(error);
      },
    );
  }
}
