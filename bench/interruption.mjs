/* global AbortController */

const interrupted = 130;

/** Ctrl-C and SIGTERM stop what is measured and clean up; a second one ends the process at once. */
export function createInterruption() {
  const controller = new AbortController();
  const interrupt = (name) => {
    if (controller.signal.aborted) process.exit(interrupted);
    process.stderr.write('bench: stopping; once more ends it at once and leaves processes behind\n');
    controller.abort(new Error(`interrupted by ${name}`));
  };
  // Not `once`: proper-lockfile's own handler ends the process when it finds itself the only one left.
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, interrupt);
  return { signal: controller.signal };
}
