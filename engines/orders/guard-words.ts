/** A number with its thousands, sums of parts of a coin to the millionth: what guards say is read by a person before it is kept. */
export function grouped(x: number): string {
  const [whole = "", part] = Math.abs(Math.round(x * 1e6) / 1e6)
    .toString()
    .split(".");
  const digits = /^\d+$/.test(whole) ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole;
  return `${x < 0 ? "-" : ""}${digits}${part === undefined ? "" : `.${part}`}`;
}
