/**
 * Tells zod not to try `new Function`: the page's content security policy forbids it, and the attempt alone would be
 * reported as a violation. Import this before any schema.
 */
import { config } from 'zod';

config({ jitless: true });
