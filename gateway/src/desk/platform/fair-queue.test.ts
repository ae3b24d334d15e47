/**
 * Goal: no asker takes another's turns or room, whatever is asked. Method: cases by hand, and properties over arbitrary
 * sequences of asking and serving.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FairQueue } from './fair-queue.ts';

function drained<Item>(queue: FairQueue<Item>): readonly Item[] {
  const served: Item[] = [];
  for (let item = queue.next(); item !== undefined; item = queue.next()) served.push(item);
  return served;
}

test('one turn for each in rotation', () => {
  const queue = new FairQueue<string>(10);
  for (const item of ['a1', 'a2', 'a3']) queue.add(item, 'a');
  queue.add('b1', 'b');
  deepEqual(drained(queue), ['a1', 'b1', 'a2', 'a3']);
  equal(queue.size, 0);
});

test('when it is full, who has the most waiting gives way', () => {
  const queue = new FairQueue<string>(4);
  for (const item of ['a1', 'a2', 'a3']) queue.add(item, 'a');
  queue.add('b1', 'b');
  equal(queue.add('c1', 'c'), 'a3');
  equal(queue.add('a4', 'a'), 'a4', 'the one who asked for too much');
  equal(queue.add('d1', 'd'), 'a2');
  equal(queue.add('e1', 'e'), 'e1', 'who comes last when all have one');
  deepEqual(drained(queue), ['a1', 'b1', 'c1', 'd1']);
});

const asker = fc.constantFrom('a', 'b', 'c', 'd');

test('nothing is lost or served twice, and the bound holds, whatever is asked', () => {
  const steps = fc.array(fc.option(asker), { maxLength: 200 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 8 }), (asked, most) => {
      const queue = new FairQueue<number>(most);
      const out = new Set<number>();
      const leave = (item: number | undefined): void => {
        if (item === undefined) return;
        ok(!out.has(item));
        out.add(item);
      };
      let count = 0;
      for (const each of asked) {
        if (each === null) leave(queue.next());
        else leave(queue.add(count++, each));
        ok(queue.size <= most);
        equal(out.size + queue.size, count);
      }
    }),
  );
});

test('between two turns of one asker everybody else who waits has one', () => {
  fc.assert(
    fc.property(fc.array(asker, { maxLength: 60 }), (askers) => {
      const queue = new FairQueue<string>(100);
      for (const each of askers) queue.add(each, each);
      const served = drained(queue);
      for (const [at, each] of served.entries()) {
        const again = served.indexOf(each, at + 1);
        if (again === -1) continue;
        const between = new Set(served.slice(at, again));
        for (const other of new Set(served.slice(again))) ok(between.has(other));
      }
    }),
  );
});

test('whoever has less waiting than others is not turned away', () => {
  fc.assert(
    fc.property(fc.array(asker, { minLength: 1, maxLength: 60 }), (askers) => {
      const queue = new FairQueue<string>(8);
      const waiting = new Map<string, number>();
      for (const each of askers) {
        waiting.set(each, (waiting.get(each) ?? 0) + 1);
        const refused = queue.add(each, each);
        if (refused === undefined) continue;
        equal(waiting.get(refused), Math.max(...waiting.values()));
        waiting.set(refused, (waiting.get(refused) ?? 0) - 1);
      }
    }),
  );
});
