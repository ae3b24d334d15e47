/** What a command reads from files and from standard input: secrets come this way, never on the command line. */
import { ConfigurationInvalid } from '../configuration/configuration.ts';
import { readSmallText } from '../platform/small-input.ts';

/** Reads a file that a person named. @param file a path, or `-` for standard input @throws ConfigurationInvalid */
export async function readInput(file: string, bytesMax: number, what: string): Promise<string> {
  const text = await readSmallText(file, bytesMax).catch((cause: unknown) => {
    throw new ConfigurationInvalid(`The file ${file} cannot be read.`, { cause });
  });
  if (text !== null) return text;
  throw new ConfigurationInvalid(`The file ${file} is far too long to be ${what}.`);
}
