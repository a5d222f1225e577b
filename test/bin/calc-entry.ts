import { calcCommand } from "../../bin/calc.ts";

await calcCommand().parseAsync();
