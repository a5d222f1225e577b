/** A whole number with its thousands: what guards say is read by a person before it is kept. */
export function grouped(x: number): string {
  const [whole = "", part] = Math.abs(x).toString().split(".");
  const digits = /^\d+$/.test(whole) ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole;
  return `${x < 0 ? "-" : ""}${digits}${part === undefined ? "" : `.${part}`}`;
}
