/**
 * A screen source that needs no screen: an ultrasound machine drawn in memory, playing a real cine.
 *
 * The machine is made with the first connection and keeps its settings from then on; it stands still while
 * nobody is connected. No socket is opened.
 */
import { duplexPair } from 'node:stream';
import type { ScreenSource } from '../source/source.ts';
import { DemoConnection } from './demo-connection.ts';
import { EncodedImages } from './encoded-images.ts';
import { readSample } from './sample.ts';
import { Ultrasound } from './ultrasound.ts';

/** Between two looks at the clock: half of the shortest time that a frame of the cine is on view. */
const TICK_MS = 20;

/** Makes the demo's screen source. */
export function demoSource(): ScreenSource {
  const connections = new Set<DemoConnection>();
  const images = new EncodedImages();
  let machine: Ultrasound | null = null;
  let timer: NodeJS.Timeout | null = null;

  const start = (): Ultrasound => {
    machine ??= new Ultrasound(readSample(), new Date(), (area) => {
      for (const connection of connections) connection.addDamage(area);
    });
    const ticking = machine;
    timer ??= setInterval(() => ticking.tick(new Date(), performance.now()), TICK_MS);
    return machine;
  };
  const stopIfAlone = (): void => {
    if (connections.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };

  return {
    description: 'Demo ultrasound',
    open() {
      const running = start();
      const [near, far] = duplexPair();
      const connection = new DemoConnection(far, running, images);
      connections.add(connection);
      far.once('close', () => {
        connections.delete(connection);
        stopIfAlone();
      });
      // A pair of streams does not tell one end that the other was destroyed.
      near.once('close', () => far.destroy());
      far.once('close', () => near.destroy());
      return Promise.resolve(near);
    },
    close() {
      for (const connection of connections) connection.close();
      return Promise.resolve();
    },
  };
}
