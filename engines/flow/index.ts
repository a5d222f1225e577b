/**
 * Option flow: trades against quotes. {@link classifyFlow} takes a day at once, {@link FlowStream} the same day as it comes, with
 * identical results; {@link flowTable} sums by contract, strike, expiry, delta bucket and time; the tape holds each trade.
 */
export * from "./compat.ts";
export { opraPrint } from "./conditions.ts";
export { DEFAULT_FLOW_OPTIONS, FlowEngine, QUOTE_AGE_EDGES_US } from "./engine.ts";
export { classifyFlow, FlowStream } from "./run.ts";
export * from "./summary.ts";
export { FlowTape } from "./tape.ts";
export * from "./types.ts";
