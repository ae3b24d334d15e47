/** `chaperone cart …`: the agent on the cart, and what is done to it from a terminal. See `command/command.ts`. */
import { carryOut } from './command/command.ts';

const exitCode = await carryOut(process.argv.slice(2), {
  say: (line) => console.log(line),
  complain: (line) => console.error(line),
});
process.exit(exitCode);
