/**
 * Loaded into every test process before the test file: ends the process when it does not end by itself.
 *
 * The runner's own time limit covers single tests only; a socket, a timer or a child left open would keep the run
 * waiting for ever. A test process that leaves something open is wrong, and this says what it left.
 */
const limitMs = Number(process.env['TEST_FILE_TIMEOUT_MS']);

setTimeout(() => {
  const left = process.getActiveResourcesInfo().join(', ');
  console.error(`This test file did not end within ${limitMs} ms. Still open: ${left}.`);
  process.exit(1);
}, limitMs).unref();
