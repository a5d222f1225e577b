import { may } from "./sheet.ts";

/** Left out first when rows are short: blanks, guards that pass, the dry run, the Greeks. */
export const RANK = { blank: 9, scenario: 7, passes: 6, execution: 8, dryRun: 5, greeks: 4 } as const;
export const BLANK = may(RANK.blank, []);
