// Makes the SDK download the Temporal CLI: node sdk-download.js FOLDER VERSION
// A process of its own, because the SDK's download has no time limit and cannot be cancelled.
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [downloadDir, version] = process.argv.slice(2);
try {
  await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'cached-download', downloadDir, version },
      // The SDK downloads only when it starts a server; this makes what it starts print its help and end.
      extraArgs: ['--help'],
    },
  });
} catch (error) {
  const messages = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) messages.push(cause.message);
  process.stderr.write(`${messages.join(': ')}\n`);
  process.exitCode = 1;
}
