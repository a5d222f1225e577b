/** Branded primitives: a plain string or number cannot pass for one of these by accident. */
declare const brand: unique symbol;
export type Brand<T, B extends string> = T & { readonly [brand]: B };

/** Stable instrument id, e.g. `OPT/GOOG/2016-01-15/C/760/USD/1`. See {@link ./instrument.ts}. */
export type InstrumentId = Brand<string, "InstrumentId">;
/** Dense index of an instrument in this session's columns, in the order of first sight. Never persisted. */
export type Slot = Brand<number, "Slot">;
/** Microseconds since the Unix epoch, UTC. Exact in a double until the year 2255. */
export type Micros = Brand<number, "Micros">;
/** A date in the exchange's own zone, `YYYY-MM-DD`. */
export type IsoDay = Brand<string, "IsoDay">;
/** ISO 4217 code, or a coin symbol. */
export type Ccy = Brand<string, "Ccy">;

/** No slot: the event concerns no instrument. */
export const NO_SLOT = -1 as Slot;
