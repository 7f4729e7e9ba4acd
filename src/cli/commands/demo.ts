import { GraveshiftError } from '../../domain/failure.js';
import { defaultPorts, resolveHome } from '../../stack/index.js';
import { portsThatAreFree } from '../free-ports.js';
import { type CommandKit, parseCount, withExamples, withHome, withJson } from '../command-kit.js';
import { connectedTo, stackSettings } from '../connect.js';
import type { CliContext } from '../context.js';
import { runDemo } from '../demo/run-demo.js';
import { isInterruption } from '../report-error.js';
import { withInterrupt } from '../interrupt.js';
import { findRunningStack, startLocalStack } from '../local-stack.js';

type DemoFlags = { home?: string; json?: true; yes?: true; full?: true; night: number };

export function addDemo({ program, context, exitWith }: CommandKit): void {
  const command = withJson(withHome(program.command('demo')))
    .description('make a horror night of a fresh example game, from the plan to staging, on this machine')
    .option('--night <n>', 'number of the night', parseCount, 1)
    .option('--full', 'go on to production: a release kept, one that crashes and is taken back, a rollback')
    .option('--yes', 'approve without asking')
    .action(async (flags: DemoFlags) => {
      const startedMs = performance.now();
      const home = resolveHome({ flag: flags.home, env: context.env });
      await withInterrupt(context, async (signal) => {
        const running = await findRunningStack(home);
        const own = running
          ? undefined
          : await startLocalStack(quick(context), {
              home,
              ports: await portsThatAreFree(defaultPorts),
              signal,
            });
        const addresses = own?.addresses ?? running?.addresses;
        if (addresses === undefined) throw new Error('A stack that runs has addresses');
        if (running) context.say(`using the stack that runs under ${home}`);
        const lost = new AbortController();
        void own?.ended.then((failure) => lost.abort(failure ?? stackStopped()));
        try {
          const settings = stackSettings(home, addresses);
          const stack = { startedAt: new Date().toISOString(), processes: [], addresses };
          const code = await connectedTo(context, flags, { settings, stack }, (connected) =>
            runDemo(context, connected, {
              night: flags.night,
              full: flags.full ?? false,
              yes: flags.yes ?? false,
              json: flags.json ?? false,
              homeFlag: flags.home,
              addresses,
              stackEnds: own !== undefined,
              startedMs,
              // Without its stack the demo would wait for ever.
              signal: AbortSignal.any([signal, lost.signal]),
            }),
          );
          exitWith(code);
        } catch (error) {
          lost.signal.throwIfAborted();
          if (isInterruption(error))
            context.say('a run that was started waits, and goes on at the next "up"');
          throw error;
        } finally {
          await own?.stop();
        }
      });
    });
  withExamples(
    command,
    'graveshift demo',
    'graveshift demo --yes --json | tail -n 1 | jq .staging',
    'graveshift demo --full --yes',
  );
}

/** A demo proves that there is a proof; a real night is played some hundred times more. */
const quickPlay = { GRAVESHIFT_BALANCE_NIGHTS: '60', GRAVESHIFT_PLAY_NIGHTS: '2' };

const quick = (context: CliContext): CliContext => ({ ...context, env: { ...quickPlay, ...context.env } });

function stackStopped(): GraveshiftError {
  return new GraveshiftError('ServiceUnavailable', 'The stack was stopped while the demo ran.');
}
