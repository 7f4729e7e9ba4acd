/* global AbortController */

/** Ctrl-C and SIGTERM stop what is measured and clean up; a second one ends the process as it would have. */
export function createInterruption() {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM']) {
    process.once(name, () => {
      process.stderr.write('bench: stopping; once more ends it at once and leaves processes behind\n');
      controller.abort(new Error(`interrupted by ${name}`));
    });
  }
  return { signal: controller.signal };
}
