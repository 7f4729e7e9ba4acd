import type { NightAsset } from '../../domain/asset.js';
import type { ProjectSnapshot } from '../../domain/project.js';
import { describeModule, type CodeContext } from '../../adapters/llm/index.js';
import { featurePlayPath, type CustomFolders, type Mount } from '../../adapters/luau/index.js';
import { describeApi, relevantClasses, type RobloxApi } from '../../adapters/roblox-api/index.js';

/** Modules of the runtime that features can build on. */
const offered = [
  'Clock.luau',
  'Frozen.luau',
  'Remotes.luau',
  'Cleanup.luau',
  'Engine/AssetLoader.luau',
  'Engine/Prompts.luau',
];

const pathIn = ({ instance }: Pick<Mount, 'instance'>, ...rest: string[]): string =>
  ['game', ...instance, ...rest].join('.');

/** What a model is told about the project: where it may write, what is there, how it is started. */
export function describeContext(input: {
  /** Kebab-case name of the work. */
  id: string;
  project: ProjectSnapshot;
  request: string;
  folders: CustomFolders;
  assets: readonly NightAsset[];
  runtime: ReadonlyMap<string, string>;
  mounts: { shared: Mount; server: Mount };
  engine: RobloxApi;
}): CodeContext {
  const { id, project, request, folders, assets, runtime, mounts, engine } = input;
  const name = folders.server.slice(folders.server.lastIndexOf('/') + 1);
  const graveshift = pathIn(mounts.shared, 'Graveshift');
  return {
    request,
    artBible: { theme: project.config.season.theme, audience: project.config.season.audience },
    folders: [
      {
        folder: folders.server,
        purpose: `modules of the server, at ${pathIn(mounts.server, 'Custom', name)}`,
      },
      { folder: folders.shared, purpose: `modules that clients need too, at ${graveshift}.Custom.${name}` },
      {
        folder: folders.tests,
        purpose:
          'specs, named after the module they test: Rules.spec.luau; Testing is script.Parent.Parent.Parent.Testing',
      },
    ],
    entry: `${folders.server}/Server.luau returns { start: () -> () }, which is called once when the server begins and must not yield for ever.\n${scenarioOf(id)}`,
    assets: assets.map(({ id, recipe, sizeStuds }) => ({ id, recipe, sizeStuds })),
    interfaces: new Map(
      offered.flatMap((path) => {
        const source = runtime.get(path);
        const module = path.replace(/\.luau$/, '').replaceAll('/', '.');
        return source === undefined ? [] : [[`${graveshift}.${module}`, describeModule(source)] as const];
      }),
    ),
    api: describeApi(engine, relevantClasses(request, engine), { limit: 20_000 }),
  };
}

/** How bots play it; docs/headless-play.md has all of it. */
const scenarioOf = (id: string): string => `${featurePlayPath(id)} is how bots play it before a person does:
return function(play) … end, with play.join(skill?) → Player, play.waitFor(fullName), play.walkTo(player, target),
play.trigger(player, promptName), play.fire(player, remoteFullName, …), play.invoke(…), play.wait(seconds),
play.expect(description, condition), play.waitUntil(description, function, seconds?). It does what a player does, and what a
cheater tries.`;
