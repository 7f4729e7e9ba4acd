/** What must be undone, in reverse order, whatever happens. One that fails does not keep the others from being tried. */
export function createCleanUp() {
  const steps = [];
  return {
    add: (undo) => {
      steps.push(undo);
    },
    run: async () => {
      const failures = [];
      for (const undo of steps.splice(0).reverse()) {
        try {
          await undo();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) {
        throw new Error(`Could not clean up: ${failures.map(({ message }) => message).join('; ')}`, {
          cause: failures[0],
        });
      }
    },
  };
}

/** Runs the body and cleans up after it. */
export async function withCleanUp(body) {
  const cleanUp = createCleanUp();
  let result;
  try {
    result = await body(cleanUp);
  } catch (error) {
    // What went wrong first is what a person must read.
    await cleanUp.run().catch((second) => {
      process.stderr.write(`bench: ${second.message}\n`);
    });
    throw error;
  }
  await cleanUp.run();
  return result;
}
