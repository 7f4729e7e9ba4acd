import { Option } from 'commander';

import { defaultPorts, resolveHome, type StackAddresses } from '../../stack/index.js';
import type { PortChoice } from '../../stack/index.js';
import { type CommandKit, parsePort, printData, withExamples, withHome, withJson } from '../command-kit.js';
import { commandName } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { aborted, withInterrupt } from '../interrupt.js';
import { findRunningStack, startLocalStack } from '../local-stack.js';

type UpFlags = {
  home?: string;
  json?: true;
  temporalPort?: PortChoice;
  uiPort?: PortChoice;
  metricsPort?: PortChoice;
  emulatorPort?: PortChoice;
};

export function addUp({ program, context, exitWith }: CommandKit): void {
  const port = (flags: string, what: string, usual: string) =>
    new Option(`${flags} <port>`, `${what}, or "auto" for a free one (default: ${usual})`).argParser(
      parsePort,
    );
  const command = withJson(withHome(program.command('up')))
    .description('start Temporal, the Open Cloud emulator and a worker, and keep them running until Ctrl-C')
    .addOption(port('--temporal-port', 'port of Temporal', String(defaultPorts.temporal)))
    .addOption(port('--ui-port', "port of Temporal's Web UI", String(defaultPorts.ui)))
    .addOption(port('--metrics-port', "port of Temporal's metrics", 'auto'))
    .addOption(port('--emulator-port', 'port of the Open Cloud emulator', String(defaultPorts.emulator)))
    .action(async (flags: UpFlags) => {
      const home = resolveHome({ flag: flags.home, env: context.env });
      const running = await findRunningStack(home);
      if (running) {
        context.say(`Already running under ${home}, since ${running.startedAt}:`);
        printData(context, flags, { home, alreadyRunning: true, ...running.addresses }, () =>
          describeAddresses(running.addresses),
        );
        return;
      }
      await withInterrupt(context, async (signal) => {
        const stack = await startLocalStack(context, { home, ports: portsOf(flags), signal });
        printData(context, flags, { home, alreadyRunning: false, ...stack.addresses }, () =>
          describeAddresses(stack.addresses),
        );
        context.say(nextSteps(commandName(context.env), flags.home));
        const failure = await Promise.race([stack.ended, aborted(signal)]);
        if (failure) {
          await stack.stop();
          throw failure;
        }
        context.say('draining; a second Ctrl-C ends at once');
        await stack.stop();
        context.say('stopped: runs go on where they are at the next start');
        exitWith(exitCodes.ok);
      });
    });
  withExamples(command, 'graveshift up', 'graveshift up --home ./state --temporal-port auto --ui-port auto');
}

function portsOf({ temporalPort, uiPort, metricsPort, emulatorPort }: UpFlags) {
  return {
    ...(temporalPort !== undefined && { temporal: temporalPort }),
    ...(uiPort !== undefined && { ui: uiPort }),
    ...(metricsPort !== undefined && { metrics: metricsPort }),
    ...(emulatorPort !== undefined && { emulator: emulatorPort }),
  };
}

function describeAddresses(addresses: StackAddresses): string {
  return [
    `Temporal     ${addresses.temporal} (namespace ${addresses.namespace})`,
    ...(addresses.ui === undefined ? [] : [`Web UI       ${addresses.ui}`]),
    `Open Cloud   ${addresses.emulator} (emulator)`,
    `metrics      ${addresses.metrics}`,
  ].join('\n');
}

function nextSteps(command: string, home: string | undefined): string {
  const flag = home === undefined ? '' : ` --home ${home}`;
  return [
    '',
    'Ready; Ctrl-C stops. In another terminal:',
    `  ${command} demo${flag}`,
    `  ${command} project add NAME GIT-URL|PATH${flag}`,
    `  ${command} night 1 --watch${flag}`,
  ].join('\n');
}
