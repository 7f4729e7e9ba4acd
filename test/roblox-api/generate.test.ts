import { createRequire } from 'node:module';
import path from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { type GeneratedApi, generateRobloxApi } from '../../src/adapters/roblox-api/generate.js';

const packageFolder = path.dirname(createRequire(import.meta.url).resolve('@rbxts/types/package.json'));

describe('the generator of definitions', () => {
  let generated: GeneratedApi;
  beforeAll(async () => {
    generated = await generateRobloxApi(packageFolder, 'test');
  });

  /** The lines of a class, without its head and end. */
  const classLines = (name: string): string[] => {
    const [, body = ''] =
      new RegExp(`^declare extern type ${name}(?: extends \\w+)? with\n([\\s\\S]*?)^end$`, 'm').exec(
        generated.definitions,
      ) ?? [];
    return body.split('\n').map((line) => line.trim());
  };

  it('makes the same of the same package', async () => {
    const again = await generateRobloxApi(packageFolder, 'test');
    expect(again.definitions).toBe(generated.definitions);
    expect(again.metadata).toEqual(generated.metadata);
  });

  it('says what it was made from', () => {
    expect(generated.definitions).toMatch(
      /^-- Made by Graveshift \(generator test\) from @rbxts\/types \d+\.\d+\.\d+/m,
    );
    expect(generated.metadata.version).toMatch(/^@rbxts\/types \d+\.\d+\.\d+$/);
  });

  it('has the whole engine', () => {
    expect(generated.api.classes.length).toBeGreaterThan(800);
    expect(generated.api.enums.length).toBeGreaterThan(600);
    expect(generated.api.services).toContain('MemoryStoreService');
    expect(generated.api.creatable).toContain('LinearVelocity');
    expect(generated.api.creatable).not.toContain('BasePart');
  });

  it('puts a superclass before its subclasses', () => {
    const seen = new Set<string>();
    for (const { name, superclass } of generated.api.classes) {
      if (superclass !== undefined) expect(seen, name).toContain(superclass);
      seen.add(name);
    }
    expect(generated.definitions).toContain('declare extern type Part extends FormFactorPart with');
  });

  it('never declares again what Luau has', () => {
    const declared = generated.api.globals.map(({ name }) => name);
    for (const own of [
      'buffer',
      'vector',
      'string',
      'table',
      'math',
      'os',
      'coroutine',
      'bit32',
      'require',
      'typeof',
    ]) {
      expect(declared).not.toContain(own);
    }
    expect(generated.definitions).not.toMatch(/declare extern type (buffer|vector|thread)\b/);
  });

  it.each([
    ['Instance', 'Parent: Instance?'],
    ['Instance', 'ChildAdded: RBXScriptSignal<Instance>'],
    ['Instance', 'Destroying: RBXScriptSignal<()>'],
    ['Instance', 'function FindFirstChildOfClass(self, className: string): Instance?'],
    ['BasePart', 'Touched: RBXScriptSignal<BasePart>'],
    ['Humanoid', 'StateChanged: RBXScriptSignal<(EnumHumanoidStateType, EnumHumanoidStateType)>'],
    ['RemoteEvent', 'function FireClient(self, player: Player, ...: any): ()'],
    ['RemoteEvent', 'OnServerEvent: RBXScriptSignal<(Player, ...any)>'],
    ['RemoteFunction', 'OnServerInvoke: ((player: Player, ...any) -> ...any)?'],
    [
      'MarketplaceService',
      'function UserOwnsGamePassAsync(self, userId: User | number, gamePassId: number): boolean',
    ],
    [
      'WorldRoot',
      'function Raycast(self, origin: Vector3, direction: Vector3, raycastParams: RaycastParams?): RaycastResult?',
    ],
    ['CFrame', '__mul: ((self: CFrame, cf: CFrame) -> CFrame) & ((self: CFrame, v3: Vector3) -> Vector3)'],
    ['Vector3', 'function __unm(self): Vector3'],
    [
      'DataStore',
      'function GetAsync(self, key: string, options: DataStoreGetOptions?): (any, DataStoreKeyInfo)',
    ],
    ['AssetService', 'function LoadAssetAsync(self, assetId: number): Instance?'],
    ['EnumMaterial_INTERNAL', 'Slate: EnumMaterial'],
    ['TextChatService', 'ChatVersion: EnumChatVersion'],
  ])('writes of %s: %s', (name, line) => {
    expect(classLines(name)).toContain(line);
  });

  it('tells what scripts may not write, create or get', () => {
    const { readonly, writeonly, creatable, services } = generated.metadata;
    expect(readonly.Object).toContain('ClassName');
    expect(readonly.TextChatService).toContain('ChatVersion');
    expect(readonly.BasePart ?? []).not.toContain('Anchored');
    expect(writeonly.RemoteFunction).toEqual(['OnClientInvoke', 'OnServerInvoke']);
    expect(creatable).toContain('Part');
    expect(services).toContain('Players');
    expect(services).not.toContain('Part');
  });

  it.each([
    ['WorldRoot', 'FindPartOnRay', 'Raycast'],
    ['WorldRoot', 'FindPartsInRegion3', 'GetPartBoundsInBox'],
    ['Humanoid', 'LoadAnimation', 'Animator:LoadAnimation'],
    ['Model', 'SetPrimaryPartCFrame', 'PivotTo'],
    ['RunService', 'RenderStepped', 'PreRender'],
    ['RunService', 'Stepped', 'PreSimulation'],
    ['RaycastParams', 'FilterType', 'ExcludeInstances and IncludeInstances'],
    ['InputAction', 'Fire', 'InputBinding:Fire'],
    ['EnumAssetType_INTERNAL', 'TeeShirt', 'TShirt'],
  ])('names what replaces %s.%s: %s', (className, member, replacement) => {
    expect(generated.metadata.deprecated[className]?.[member]).toBe(replacement);
  });

  it('marks globals and classes, too', () => {
    expect(generated.metadata.deprecatedGlobals).toMatchObject({ wait: 'task.wait', spawn: 'task.spawn' });
    expect(generated.metadata.deprecatedGlobals).not.toHaveProperty('tick');
    expect(generated.metadata.deprecatedClasses).toMatchObject({ BodyVelocity: 'LinearVelocity' });
    expect(generated.definitions).toContain('@[deprecated{use = "task.wait"}] declare function wait');
  });

  it('tells luau-lsp which classes are services', () => {
    const [, json = ''] = /^--#METADATA#(.*)$/m.exec(generated.definitions) ?? [];
    expect(JSON.parse(json)).toEqual({
      CREATABLE_INSTANCES: generated.api.creatable,
      SERVICES: generated.api.services,
    });
  });
});
