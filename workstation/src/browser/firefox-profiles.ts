/** Which profile Firefox starts with, from its `profiles.ini`. */

interface Section {
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Gives the path of the profile that Firefox starts with: the one of an installation, else the one marked as default, else
 * the only one; relative paths are relative to the folder of the file.
 * @returns undefined when the file does not say
 */
export function startingProfile(text: string): string | undefined {
  const sections = sectionsOf(text);
  const installed = sections.find(({ name }) => name.startsWith('Install'))?.values.get('Default');
  if (installed !== undefined && installed !== '') return installed;
  const profiles = sections.filter(({ name }) => /^Profile\d+$/.test(name));
  const marked = profiles.find(({ values }) => values.get('Default') === '1');
  const path = (marked ?? (profiles.length === 1 ? profiles[0] : undefined))?.values.get('Path');
  return path === '' ? undefined : path;
}

function sectionsOf(text: string): readonly Section[] {
  const sections: { name: string; values: Map<string, string> }[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    const [, name] = /^\[(.+)\]$/.exec(line) ?? [];
    if (name !== undefined) sections.push({ name, values: new Map() });
    const at = line.indexOf('=');
    if (name === undefined && at > 0) {
      sections.at(-1)?.values.set(line.slice(0, at), line.slice(at + 1));
    }
  }
  return sections;
}
