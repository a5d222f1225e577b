declare module "asciichart" {
  export function plot(
    series: readonly number[] | readonly (readonly number[])[],
    options?: {
      readonly min?: number;
      readonly max?: number;
      readonly height?: number;
      readonly offset?: number;
      readonly symbols?: readonly string[];
      readonly format?: (value: number) => string;
    },
  ): string;
}
