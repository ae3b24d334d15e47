/**
 * Changes JSON as somebody would who knows what programs forget: other types, members of Object.prototype, numbers
 * that are none, depth, lone surrogates, the same name twice, and text that is almost JSON.
 */
import { changeBytes } from './change-bytes.ts';
import type { Chance } from './chance.ts';

/** Texts that stand for a value; some cannot be written by `JSON.stringify`. */
const HOSTILE_TEXTS: readonly string[] = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '-1',
  '1.5',
  '1e400',
  '-1e400',
  '1e-400',
  '9007199254740991',
  '9007199254740993',
  '9007199254740990',
  '8640000000000001',
  '4294967296',
  '281474976710656',
  '281474976710657',
  '""',
  '"__proto__"',
  '"constructor"',
  '"\\ud800"',
  '"\\udc00x"',
  '"\\u0000"',
  '"\\u202e"',
  '"a\\nb"',
  '"../../etc/passwd"',
  '"NaN"',
  '[]',
  '[[]]',
  '[null]',
  '{}',
  '{"__proto__":{"kind":"x"}}',
  '{"toString":1,"valueOf":1}',
  '{"toString":null}',
  '{"length":3}',
  '{"then":1}',
  '{"toJSON":1}',
];
const HOSTILE_NAMES: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
  '',
  '\u0000',
  '\ud800',
  'kind',
];
/** Stands in a tree for text that is put in as it is. */
class Verbatim {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
type Tree = unknown;

/** Changes a JSON text; sometimes so that it is no JSON any more. */
export function changeJSON(seed: Buffer, chance: Chance, others: readonly Buffer[]): Buffer {
  if (chance.oneIn(6)) return changeBytes(seed, chance, others);
  let tree: Tree;
  try {
    tree = JSON.parse(seed.toString('utf8'));
  } catch {
    return changeBytes(seed, chance, others);
  }
  const changed = changeTree(tree, chance, 1 + (chance.oneIn(2) ? 0 : chance.below(3)));
  return Buffer.from(write(changed));
}

function changeTree(tree: Tree, chance: Chance, count: number): Tree {
  let changed = structuredClone(tree);
  for (let done = 0; done < count; done += 1) {
    const at = chance.below(nodesIn(changed));
    let seen = -1;
    const walk = (node: Tree): Tree => {
      seen += 1;
      if (seen === at) return changeNode(node, chance);
      if (Array.isArray(node)) return node.map(walk);
      if (!isObject(node)) return node;
      return Object.fromEntries(Object.entries(node).map(([name, one]) => [name, walk(one)]));
    };
    changed = walk(changed);
  }
  return changed;
}

function nodesIn(tree: Tree): number {
  if (Array.isArray(tree)) return tree.reduce<number>((sum, one) => sum + nodesIn(one), 1);
  if (!isObject(tree)) return 1;
  return Object.values(tree).reduce<number>((sum, one) => sum + nodesIn(one), 1);
}

function changeNode(node: Tree, chance: Chance): Tree {
  if (chance.oneIn(3)) return new Verbatim(chance.pick(HOSTILE_TEXTS));
  if (chance.oneIn(24)) return deep(chance);
  if (Array.isArray(node)) return changeArray(node, chance);
  if (isObject(node)) return changeObject(node, chance);
  if (typeof node === 'string') return changeText(node, chance);
  if (typeof node === 'number')
    return node + chance.pick([-1, 1, 0.5, -node, node, 2 ** 32, 2 ** 53]);
  return new Verbatim(chance.pick(HOSTILE_TEXTS));
}

function changeArray(node: readonly Tree[], chance: Chance): Tree {
  const at = chance.below(Math.max(1, node.length));
  const act = chance.below(5);
  if (act === 0) return node.toSpliced(at, 1);
  if (act === 1) return [...node, ...node];
  if (act === 2) return node.toReversed();
  if (act === 3 && node.length > 0) {
    return Array.from({ length: chance.pick([2, 65, 600]) }, () => node[at]);
  }
  return node.toSpliced(at, 0, new Verbatim(chance.pick(HOSTILE_TEXTS)));
}

function changeObject(node: Readonly<Record<string, Tree>>, chance: Chance): Tree {
  const entries = Object.entries(node);
  const at = chance.below(Math.max(1, entries.length));
  const act = chance.below(4);
  if (act === 0) return Object.fromEntries(entries.toSpliced(at, 1));
  const added = [chance.pick(HOSTILE_NAMES), new Verbatim(chance.pick(HOSTILE_TEXTS))] as const;
  if (act === 1) return Object.fromEntries([...entries, added]);
  const own = entries[at];
  if (own === undefined) return Object.fromEntries([added]);
  // The same name twice: which one counts differs between readers.
  const twice: readonly (readonly [string, Tree])[] = act === 2 ? [own, [own[0], added[1]]] : [];
  const written = [...entries.filter((one) => one !== own), ...twice].map(
    ([name, one]) => `${JSON.stringify(name)}:${write(one)}`,
  );
  return new Verbatim(`{${written.join(',')}}`);
}

function changeText(text: string, chance: Chance): Tree {
  const at = chance.below(text.length + 1);
  const act = chance.below(6);
  if (act === 0) return text.slice(0, at);
  if (act === 1) return text.repeat(chance.pick([2, 3, 50]));
  if (act === 2) return text + 'x'.repeat(chance.pick([1, 64, 256, 5000]));
  if (act === 3) return text.slice(0, at) + text.slice(at + 1);
  if (act === 4) return text.toUpperCase() === text ? text.toLowerCase() : text.toUpperCase();
  const odd = chance.pick([
    '\u0000',
    '\ud800',
    '\u202e',
    '/',
    '\\',
    '.',
    '-',
    ' ',
    'é',
    '\u{1f600}',
  ]);
  return text.slice(0, at) + odd + text.slice(at + chance.below(2));
}

function deep(chance: Chance): Verbatim {
  const depth = chance.pick([10, 100, 1500, 10_000]);
  return chance.oneIn(2)
    ? new Verbatim('['.repeat(depth) + ']'.repeat(depth))
    : new Verbatim('{"a":'.repeat(depth) + '1' + '}'.repeat(depth));
}

function write(tree: Tree): string {
  if (tree instanceof Verbatim) return tree.text;
  if (Array.isArray(tree)) return `[${tree.map((one) => write(one)).join(',')}]`;
  if (!isObject(tree)) return JSON.stringify(tree) ?? 'null';
  const members = Object.entries(tree).map(
    ([name, one]) => `${JSON.stringify(name)}:${write(one)}`,
  );
  return `{${members.join(',')}}`;
}

function isObject(value: Tree): value is Readonly<Record<string, Tree>> {
  return typeof value === 'object' && value !== null && !(value instanceof Verbatim);
}
