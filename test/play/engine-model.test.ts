import { afterAll, describe, expect, it } from 'vitest';

import { openRuntime, play, placeOf } from './support.js';

const { runtime, close } = openRuntime();
afterAll(close);

/** What a server script prints when it runs in a place with one player. */
async function printed(
  source: string,
  scripts: Omit<Parameters<typeof placeOf>[0], 'server'> = {},
): Promise<string[]> {
  const report = await play({ runtime }, placeOf({ ...scripts, server: { Main: source } }), {
    idleSeconds: 8,
  });
  expect(report.errors).toEqual([]);
  expect(report.stopped).toBeUndefined();
  return report.output.map((line) => line.replace('[ServerScriptService.Main] ', ''));
}

/** Each row: what a script does, and what the engine prints. */
const table: [name: string, source: string, expected: string[]][] = [
  [
    'a property has its default',
    'local p = Instance.new("Part") print(p.Size, p.Anchored, p.Material)',
    ['4, 1.2, 2 false Enum.Material.Plastic'],
  ],
  [
    'a member that is not there is named with its class and full name',
    'print(select(2, pcall(function() return (workspace.Floor :: any).Foo end)))',
    ['ServerScriptService.Main:1: Foo is not a valid member of Part "Workspace.Floor"'],
  ],
  [
    'a property of another type is refused',
    'print(select(2, pcall(function() (workspace.Floor :: any).Size = 3 end)))',
    ['ServerScriptService.Main:1: Unable to assign property Size. Vector3 expected, got number'],
  ],
  [
    'a class that is not there cannot be made',
    'print(select(2, pcall(Instance.new, "Foo" :: any)))',
    ['ServerScriptService.Main:1: Unable to create an Instance of type "Foo"'],
  ],
  [
    'what is destroyed cannot be put back',
    'local p = Instance.new("Part") p:Destroy() print((pcall(function() p.Parent = workspace end)), p.Parent)',
    ['false nil'],
  ],
  [
    'nothing becomes its own ancestor',
    'local a, b = Instance.new("Folder"), Instance.new("Folder") b.Parent = a print((pcall(function() a.Parent = b end)))',
    ['false'],
  ],
  [
    'a clone is whole and apart',
    'local a = Instance.new("Model") a:SetAttribute("x", 1) local p = Instance.new("Part") p.Parent = a a.PrimaryPart = p local b = a:Clone() b:SetAttribute("x", 2) print(a:GetAttribute("x"), b:GetAttribute("x"), b.PrimaryPart == b:FindFirstChild("Part"), b.Parent)',
    ['1 2 true nil'],
  ],
  [
    'events are deferred',
    'local e = Instance.new("BindableEvent") e.Event:Connect(function(...) print("handled", ...) end) e:Fire(1, "a") print("fired")',
    ['fired', 'handled 1 a'],
  ],
  [
    'a connection that is gone is silent',
    'local e = Instance.new("BindableEvent") local c = e.Event:Connect(function() print("no") end) e:Fire() c:Disconnect() task.wait() print(c.Connected)',
    ['false'],
  ],
  [
    'Once comes once, Wait waits',
    'local e = Instance.new("BindableEvent") e.Event:Once(function(n) print("once", n) end) task.delay(0.5, function() e:Fire(1) e:Fire(2) end) print("waited", e.Event:Wait())',
    ['once 1', 'waited 1'],
  ],
  [
    'attributes tell of their change',
    'workspace:GetAttributeChangedSignal("Mood"):Connect(function() print(workspace:GetAttribute("Mood")) end) workspace:SetAttribute("Mood", "grim") workspace:SetAttribute("Mood", "grim")',
    ['grim'],
  ],
  [
    'properties tell of their change',
    'local f = workspace.Floor f:GetPropertyChangedSignal("Transparency"):Connect(function() print("changed") end) f.Transparency = 0.5 f.Transparency = 0.5',
    ['changed'],
  ],
  [
    'tags are found and told',
    'local C = game:GetService("CollectionService") C:GetInstanceAddedSignal("Loot"):Connect(function(i) print("added", i) end) local p = Instance.new("Part") p:AddTag("Loot") print(#C:GetTagged("Loot")) p.Parent = workspace print(#C:GetTagged("Loot"))',
    ['0', '1', 'added Part'],
  ],
  [
    'children come and go with events',
    'local f = Instance.new("Folder") f.ChildAdded:Connect(function(c) print("+", c) end) f.ChildRemoved:Connect(function(c) print("-", c) end) local p = Instance.new("Part") p.Parent = f p:Destroy()',
    ['+ Part', '- Part'],
  ],
  [
    'WaitForChild waits',
    'task.delay(1, function() Instance.new("Folder", workspace).Name = "Late" end) print(workspace:WaitForChild("Late"), workspace:WaitForChild("Never", 1))',
    ['Late nil'],
  ],
  [
    'time passes only by waiting',
    'local t = os.clock() local waited = task.wait(1.5) print(math.abs(os.clock() - t - 1.5) < 0.06, math.abs(waited - 1.5) < 0.06)',
    ['true true'],
  ],
  [
    'a cancelled thread is dead',
    'local t = task.delay(0.2, print, "no") task.cancel(t) task.wait(1) print(coroutine.status(t))',
    ['dead'],
  ],
  [
    'vectors and frames calculate',
    'local c = CFrame.new(1, 2, 3) * CFrame.Angles(0, math.pi / 2, 0) local v = c * Vector3.new(0, 0, -1) print(math.round(v.X), v.Y, math.round(v.Z), (Vector3.new(3, 4, 0)).Magnitude, Vector3.one * 2 + Vector3.yAxis)',
    ['0 2 3 5 2, 3, 2'],
  ],
  [
    'typeof knows the engine',
    'print(typeof(workspace), typeof(Vector3.zero), typeof(CFrame.identity), typeof(Enum.Material.Brick), typeof(Color3.new()), typeof({}), type(workspace))',
    ['Instance Vector3 CFrame EnumItem Color3 table userdata'],
  ],
  [
    'rays meet parts',
    'local r = workspace:Raycast(Vector3.new(0, 50, 0), Vector3.new(0, -100, 0)) print(r.Instance, r.Position.Y, r.Normal) local q = RaycastParams.new() q.FilterDescendantsInstances = { workspace.Floor } print(workspace:Raycast(Vector3.new(90, 50, 90), Vector3.new(0, -100, 0), q))',
    ['Floor 0 0, 1, 0', 'nil'],
  ],
  [
    'JSON there and back',
    'local H = game:GetService("HttpService") print(H:JSONEncode({ b = { 1, 2 }, a = "x\\n" }), H:JSONDecode(\'{"n":[1,{"m":null}],"t":true}\').n[1])',
    ['{"a":"x\\n","b":[1,2]} 1'],
  ],
  [
    'stores keep copies',
    'local s = game:GetService("DataStoreService"):GetDataStore("S") local t = { n = 1 } s:SetAsync("k", t) t.n = 2 print(s:GetAsync("k").n, s:UpdateAsync("k", function(old) return { n = old.n + 4 } end).n, s:IncrementAsync("i", 3))',
    ['1 5 3'],
  ],
  [
    'tweens end where they should',
    'local f = workspace.Floor local t = game:GetService("TweenService"):Create(f, TweenInfo.new(0.5, Enum.EasingStyle.Linear), { Transparency = 1 }) t:Play() print(t.Completed:Wait(), f.Transparency)',
    ['Enum.PlaybackState.Completed 1'],
  ],
  [
    'Debris takes away',
    'local p = Instance.new("Part") p.Parent = workspace game:GetService("Debris"):AddItem(p, 1) task.wait(2) print(p.Parent)',
    ['nil'],
  ],
  [
    'assets come as models of a size',
    'local m = game:GetService("AssetService"):LoadAssetAsync(123) print(m.ClassName, m:GetExtentsSize())',
    ['Model 4, 4, 4'],
  ],
  [
    'a server cannot fire to the server',
    'local r = Instance.new("RemoteEvent") print((pcall(function() r:FireServer() end)))',
    ['false'],
  ],
];

describe('the model of the engine', () => {
  it.each(table)('%s', async (_, source, expected) => {
    expect(await printed(source)).toEqual(expected);
  });

  it('gives each side its own modules, and each client its player', async () => {
    const report = await play(
      { runtime },
      placeOf({
        shared: { Count: 'return { n = 0 }' },
        server: {
          Main: 'local c = require(game.ReplicatedStorage.Count) c.n += 5 task.wait(3) print("server", c.n)',
        },
        client: {
          Hud: `local c = require(game.ReplicatedStorage:WaitForChild("Count")) c.n += 1
            workspace.Floor.Transparency = 1
            print(game.Players.LocalPlayer.Name, c.n, workspace.Floor.Transparency, game:GetService("RunService"):IsClient())`,
        },
      }),
      { idleSeconds: 5 },
    );
    expect(report.errors).toEqual([]);
    expect(report.output).toEqual([
      expect.stringMatching(/Hud\] average1 1 1 true$/),
      '[ServerScriptService.Main] server 5',
    ]);
  });

  it('brings players in, gives them characters, and lets them die and come back', async () => {
    expect(
      await printed(`
        game.Players.RespawnTime = 1
        game.Players.PlayerAdded:Connect(function(player)
          player.CharacterAdded:Connect(function(character)
            local humanoid = character:WaitForChild("Humanoid")
            print("stands", humanoid.Health, character.PrimaryPart.Name, player.Character == character)
            humanoid.Died:Once(function() print("died") end)
            task.delay(0.5, function() humanoid:TakeDamage(1000) end)
          end)
        end)`),
    ).toEqual(expect.arrayContaining(['stands 100 HumanoidRootPart true', 'died']));
  });

  it('names what it does not have, and does not call that the game’s mistake', async () => {
    const report = await play(
      { runtime },
      placeOf({ server: { Main: 'workspace.Floor:SubtractAsync({})' } }),
      { idleSeconds: 1 },
    );
    expect(report.errors).toEqual([]);
    expect(report.notSimulated).toEqual(['BasePart:SubtractAsync']);
  });

  it('warns of a wait that never ends', async () => {
    const report = await play(
      { runtime },
      placeOf({ server: { Main: 'workspace:WaitForChild("Nothing")' } }),
      { idleSeconds: 8 },
    );
    expect(report.warnings[0]?.message).toBe(
      'Infinite yield possible on \'Workspace:WaitForChild("Nothing")\'',
    );
  });
});
