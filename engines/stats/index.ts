/** The small mathematics the engines stand on: normal functions, splines, least squares, dense algebra, seeded search. */
export * from "./double2.ts";
export * from "./evolve.ts";
export * from "./levmar.ts";
export * from "./linalg.ts";
export * from "./normal.ts";
export * from "./ols.ts";
export * from "./random.ts";
export * from "./spline.ts";
