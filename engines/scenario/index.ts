/** Scenarios: what a book would gain or lose under a move of spot, vol and time. */
export * from "./revalue.ts";
