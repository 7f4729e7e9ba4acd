import { createRequire } from 'node:module';
import path from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import {
  adviseOnApi,
  describeApi,
  relevantClasses,
  type RobloxApi,
} from '../../src/adapters/roblox-api/index.js';
import { readRobloxApi } from '../../src/adapters/roblox-api/read-api.js';
import type { CodeFinding } from '../../src/domain/code-finding.js';

let api: RobloxApi;
beforeAll(async () => {
  api = await readRobloxApi(
    path.dirname(createRequire(import.meta.url).resolve('@rbxts/types/package.json')),
  );
});

describe('an excerpt of the API for a prompt', () => {
  it('has a class’s members with their types, and what it inherits', () => {
    const text = describeApi(api, ['Part']);
    expect(text).toMatch(/^class Part extends FormFactorPart -- Instance\.new\("Part"\)$/m);
    expect(text).toMatch(/^ {2}Shape: Enum\.PartType$/m);
    expect(text).toMatch(/^ {2}Anchored: boolean$/m);
    expect(text).toMatch(/^ {2}AssemblyMass: number -- read-only$/m);
    expect(text).not.toMatch(/^ {2}Name: string$/m);
  });

  it('leaves out what is deprecated', () => {
    expect(describeApi(api, ['RunService'])).not.toContain('RenderStepped');
    expect(describeApi(api, ['BodyVelocity'])).toContain('deprecated: use LinearVelocity');
  });

  it('has how a service is got, a value’s constructors and an enum’s items', () => {
    expect(describeApi(api, ['TweenService'])).toContain('game:GetService("TweenService")');
    expect(describeApi(api, ['Color3'])).toContain('fromRGB: (');
    expect(describeApi(api, ['Enum.PathStatus', 'EasingStyle'])).toMatch(
      /^Enum\.PathStatus: .*NoPath.*\nEnum\.EasingStyle: Linear, /,
    );
  });

  it('says what the engine does not have', () => {
    expect(describeApi(api, ['GhostService'])).toBe('GhostService: unknown to the engine');
  });

  it('stays within its limit, at whole lines', () => {
    const text = describeApi(api, ['Part', 'Humanoid'], { limit: 500 });
    expect(text.length).toBeLessThan(530);
    expect(text.endsWith('\n-- (more is left out)')).toBe(true);
    expect(describeApi(api, ['Part'], { inherited: false })).not.toContain('Anchored');
  });
});

describe('the classes that a request needs', () => {
  it('are those it names, those of its topics, and the everyday ones', () => {
    const classes = relevantClasses('A VehicleSeat lift behind a locked door, with a sound', api);
    expect(classes[0]).toBe('VehicleSeat');
    expect(classes).toEqual(expect.arrayContaining(['ProximityPrompt', 'TweenService', 'Sound', 'Players']));
    expect(classes).not.toContain('MarketplaceService');
  });

  it('are known to the engine, whatever the topic', () => {
    const everything =
      'door sound lamp enemy ray trap shop save queue teleport chat hud keyboard smoke tool team';
    expect(describeApi(api, relevantClasses(everything, api), { limit: 1_000_000 })).not.toContain(
      'unknown to',
    );
  });
});

describe('advice on findings', () => {
  const finding = (message: string): CodeFinding => ({
    check: 'types',
    file: 'a.luau',
    line: 1,
    rule: 'TypeError',
    severity: 'error',
    message,
  });

  it.each([
    ["Key 'Anchord' not found in external type 'Part'", 'did you mean Anchored?'],
    ["Key 'clone' not found in external type 'Part'", 'use Clone'],
    ["Key 'magnitude' not found in external type 'Vector3'", 'use Magnitude'],
    ["Key 'Sapce' not found in external type 'EnumKeyCode_INTERNAL'", 'did you mean Space?'],
    ["Key 'Materials' not found in external type 'Enums'", 'did you mean Material?'],
    [
      "Key 'FilteringEnabled' not found in external type 'Workspace'",
      'leave it out: the server is always authoritative',
    ],
    ["GetService: 'DataStoresService' is not a service", 'did you mean DataStoreService?'],
    ["Unknown type 'Playr'", 'did you mean Player?'],
  ])('%s → %s', (message, fix) => {
    expect(adviseOnApi([finding(message)], api)).toEqual([{ ...finding(message), fix }]);
  });

  it.each([
    "Key 'Explode' not found in external type 'Part'",
    "Expected this to be 'number', but got 'string'",
    "Key 'Smoke' not found in table 'Config'",
  ])('leaves alone: %s', (message) => {
    expect(adviseOnApi([finding(message)], api)).toEqual([finding(message)]);
  });

  it('keeps a fix that is known already', () => {
    const known = { ...finding("Key 'Anchord' not found in external type 'Part'"), fix: 'anchor it' };
    expect(adviseOnApi([known], api)).toEqual([known]);
  });
});
