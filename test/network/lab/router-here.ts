/** A program for a namespace: says whether a neighbour (first argument) answers ARP on an interface (second argument). */
import { answersARP } from '@chaperone/cart/device/kernel-network/kernel-network.ts';

const [, , address = '', name = ''] = process.argv;
const isThere = await answersARP(address, name, new AbortController().signal);
process.stdout.write(isThere ? 'there\n' : 'silent\n');
