export * from "./book.ts";
export * from "./events.ts";
export * from "./ids.ts";
export * from "./instrument.ts";
