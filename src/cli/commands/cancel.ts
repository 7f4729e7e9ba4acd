import {
  type CommandKit,
  type CommonFlags,
  printData,
  withConnection,
  withExamples,
} from '../command-kit.js';
import { withClient } from '../connect.js';
import { commandName } from '../context.js';

export function addCancel({ program, context }: CommandKit): void {
  const command = withConnection(program.command('cancel'))
    .description('ask a run to end; it undoes what it began first')
    .argument('<run>')
    .action(async (run: string, flags: CommonFlags) => {
      await withClient(context, flags, async ({ client }) => {
        await client.cancel(run);
        printData(context, flags, { run, said: 'cancel' }, () => `${run} is asked to end`);
        context.say(`see it end: ${commandName(context.env)} watch ${run}`);
      });
    });
  withExamples(command, 'graveshift cancel demo/night-3');
}
