import type { InstanceSpec } from 'rbx-dom';
import { afterAll, describe, expect, it } from 'vitest';

import { judgePlay } from '../../src/domain/play-gate.js';
import { openRuntime, play, placeOf, playScenario } from './support.js';

const { runtime, close } = openRuntime();
afterAll(close);

const remote = (name: string): InstanceSpec => ({ className: 'RemoteEvent', name });

/** A night as far as the play sees it: a folder that comes and goes, and somebody who wins by waiting. */
const tinyNight = (body: string) => `
  local function playOnce()
    local folder = Instance.new("Folder")
    folder.Name = "GraveshiftNight"
    folder:SetAttribute("OpenTasks", 1)
    folder:SetAttribute("Phase", "hunt")
    folder.Parent = workspace
    ${body}
    task.wait(5)
    folder:SetAttribute("Outcome", "dawn")
    task.wait(1)
    folder:Destroy()
  end
  while true do
    task.wait(1)
    if #game.Players:GetPlayers() > 0 then playOnce() end
  end`;

const nights = { nights: 7, skills: ['average'], mostSeconds: 60 };

describe('a play finds', () => {
  it('an error in a script, with its stack', async () => {
    const report = await play(
      { runtime },
      placeOf({
        shared: { Coins: 'local M = {}\nfunction M.add(n)\n\treturn n + nil\nend\nreturn M' },
        server: {
          Main: 'local Coins = require(game.ReplicatedStorage.Coins)\ntask.delay(1, function()\n\tCoins.add(1)\nend)',
        },
      }),
      { idleSeconds: 3 },
    );
    expect(report.errors).toMatchObject([
      {
        script: 'ServerScriptService.Main',
        side: 'server',
        message: 'ReplicatedStorage.Coins:3: attempt to perform arithmetic (add) on number and nil',
        during: 'idle',
      },
    ]);
    expect(report.errors[0]?.traceback.join('\n')).toMatch(
      /ReplicatedStorage\.Coins:3[^]*ServerScriptService\.Main:3/,
    );
    expect(judgePlay(report)).toMatchObject({
      verdict: 'fail',
      findings: [expect.stringMatching(/script error on the server in idle: ReplicatedStorage\.Coins:3/)],
    });
  });

  it('an error in a client’s script', async () => {
    const report = await play({ runtime }, placeOf({ client: { Hud: 'workspace.Nothing.Name = "x"' } }), {
      idleSeconds: 2,
    });
    expect(report.errors).toMatchObject([
      {
        side: 'client',
        message: expect.stringContaining('Nothing is not a valid member of Workspace "Workspace"') as string,
      },
    ]);
  });

  it('a loop that never ends, and says where', async () => {
    const report = await play(
      { runtime, limits: { seconds: 2 } },
      placeOf({ server: { Main: 'task.wait(1)\nwhile true do\n\tlocal x = 1\nend' } }),
      { idleSeconds: 5 },
    );
    expect(report.stopped?.why).toBe('timeout');
    const { verdict, findings } = judgePlay(report);
    expect(verdict).toBe('fail');
    expect(findings[0]).toMatch(/does not come to an end/);
    if (runtime.name === 'luau-kit') expect(findings[0]).toContain('ServerScriptService.Main');
  });

  it.runIf(runtime.name === 'luau-kit')('such a loop by its steps, on a machine however slow', async () => {
    const report = await play(
      { runtime, limits: { interrupts: 20_000_000 } },
      placeOf({ server: { Main: 'while true do\n\tlocal x = 1\nend' } }),
      { idleSeconds: 5 },
    );
    expect(report.stopped).toMatchObject({
      why: 'timeout',
      message: expect.stringContaining('ServerScriptService.Main') as string,
    });
  });

  it('what grows with every night', async () => {
    const report = await play(
      { runtime, subject: 'night' },
      placeOf({
        server: {
          Main: tinyNight(`
            local part = Instance.new("Part")
            part.Parent = workspace
            game:GetService("RunService").Heartbeat:Connect(function() end)`),
        },
      }),
      { nights },
    );
    expect(report.leaks.map(({ what }) => what)).toEqual(['instances', 'connections']);
    expect(judgePlay(report).findings).toEqual([
      expect.stringMatching(/^instances grow with every night/),
      expect.stringMatching(/^connections grow with every night/),
    ]);
  });

  it('nothing of the kind in a night that cleans up', async () => {
    const report = await play({ runtime, subject: 'night' }, placeOf({ server: { Main: tinyNight('') } }), {
      nights,
    });
    expect(report.leaks).toEqual([]);
    expect(judgePlay(report)).toMatchObject({
      verdict: 'pass',
      summary: '7 nights played, 7 of 7 bots survived, no script error, no leak, nothing won by a cheater',
    });
  });

  it('a night that no skilled bot survives', async () => {
    const deadly = tinyNight(
      'for _, p in game.Players:GetPlayers() do if p.Character then p.Character.Humanoid.Health = 0 end end',
    );
    const report = await play(
      { runtime, subject: 'night' },
      placeOf({
        server: { Main: `game.Players.RespawnTime = 3\n${deadly.replace('task.wait(5)', 'task.wait(2)')}` },
      }),
      { nights: { ...nights, nights: 2 } },
    );
    expect(judgePlay(report).findings).toContain('no average or expert bot survived any of 2 nights');
  });

  it('a prompt that nobody can reach', async () => {
    const walls = [
      [0, 4, -24, 16, 8, 2],
      [0, 4, -40, 16, 8, 2],
      [-8, 4, -32, 2, 8, 18],
      [8, 4, -32, 2, 8, 18],
    ];
    const build = walls
      .map(([x, y, z, w, h, d]) => `wall(Vector3.new(${x}, ${y}, ${z}), Vector3.new(${w}, ${h}, ${d}))`)
      .join(' ');
    const report = await play(
      { runtime, subject: 'night' },
      placeOf({
        server: {
          Main: tinyNight(`
            local function prompt(name, position)
              local part = Instance.new("Part") part.Name = name part.Anchored = true part.CanCollide = false
              part.Position = position
              Instance.new("ProximityPrompt").Parent = part
              part.Parent = folder
            end
            local function wall(position, size)
              local part = Instance.new("Part") part.Anchored = true part.Size = size part.Position = position
              part.Parent = folder
            end
            prompt("Cage", Vector3.new(0, 3, -32)) prompt("Open", Vector3.new(20, 3, 20)) ${build}`),
        },
      }),
      { nights: { ...nights, nights: 1 } },
    );
    expect(report.nights?.unreachablePrompts).toEqual(['Workspace.GraveshiftNight.Cage.ProximityPrompt']);
  });

  it('a remote that a cheater wins by', async () => {
    const shop = (check: string) => ({
      replicated: [remote('AddCoins')],
      server: {
        Main: `game.ReplicatedStorage.AddCoins.OnServerEvent:Connect(function(player, amount)
          ${check}
          player:SetAttribute("Coins", (player:GetAttribute("Coins") or 0) + amount)
        end)`,
      },
    });
    const careless = await playScenario(
      { runtime },
      shop('if type(amount) ~= "number" then return end'),
      'play.join() play.expect("there", true)',
    );
    expect(judgePlay(careless).findings).toEqual([
      expect.stringMatching(/^scenario: a cheater won: attribute Coins is/),
    ]);
    const careful = await playScenario(
      { runtime },
      shop('do return end'),
      'play.join() play.expect("there", true)',
    );
    expect(judgePlay(careful).verdict).toBe('pass');
  });

  it('a remote that breaks on what a cheater sends', async () => {
    const report = await playScenario(
      { runtime },
      {
        replicated: [remote('Say')],
        server: {
          Main: 'game.ReplicatedStorage.Say.OnServerEvent:Connect(function(player, text)\n\tprint(string.upper(text))\nend)',
        },
      },
      'play.join() play.expect("there", true)',
    );
    expect(report.errors.some(({ message }) => message.startsWith('ServerScriptService.Main:2: '))).toBe(
      true,
    );
    expect(judgePlay(report).verdict).toBe('fail');
  });

  it('a module that waits while it is loaded', async () => {
    const report = await play(
      { runtime },
      placeOf({
        shared: { Slow: 'task.wait(1) return {}' },
        server: { Main: 'require(game.ReplicatedStorage.Slow) print("loaded", math.round(time()))' },
      }),
      { idleSeconds: 3 },
    );
    expect(report.idle?.slowModules).toEqual(['ReplicatedStorage.Slow']);
    expect(report.output).toEqual(['[ServerScriptService.Main] loaded 1']);
  });

  it('modules that require each other', async () => {
    const report = await play(
      { runtime },
      placeOf({
        shared: {
          A: 'return require(script.Parent.B)',
          B: 'return require(script.Parent.A)',
        },
        server: { Main: 'require(game.ReplicatedStorage.A)' },
      }),
      { idleSeconds: 2 },
    );
    expect(report.errors.map(({ message }) => message).join('\n')).toContain('required recursively');
  });

  it('a script that does not compile', async () => {
    const report = await play({ runtime }, placeOf({ server: { Main: 'local = 1' } }), { idleSeconds: 1 });
    expect(report.errors).toMatchObject([
      { message: expect.stringContaining('ServerScriptService.Main:1:') as string },
    ]);
  });
});

it('a bot finds its way from one end of a wide place to the other, around what stands turned in it', async () => {
  const report = await playScenario(
    { runtime },
    {
      server: {
        Main: `
          local function part(size, frame)
            local made = Instance.new("Part") made.Anchored = true made.Size = size made.CFrame = frame made.Parent = workspace
          end
          part(Vector3.new(400, 2, 60), CFrame.new(0, -1, 0))
          -- Leaves a gap of six studs beside a wall that stands askew; the box around it would leave none.
          part(Vector3.new(2, 12, 66), CFrame.new(30, 6, 0) * CFrame.Angles(0, math.rad(20), 0))`,
      },
    },
    `local alice = play.join()
     play.teleport(alice, Vector3.new(-190, 3, 0))
     play.walkTo(alice, Vector3.new(190, 3, 0))
     play.expect("she is there", (alice.Character.PrimaryPart.Position - Vector3.new(190, 3, 0)).Magnitude < 5)`,
  );
  expect(report.scenarios).toMatchObject([{ passed: true }]);
});

describe('a scenario', () => {
  const door: InstanceSpec = {
    className: 'Part',
    name: 'Door',
    properties: {
      Anchored: { Bool: true },
      Size: { Vector3: [4, 8, 1] },
      CFrame: {
        CFrame: {
          position: [20, 4, 20],
          orientation: [
            [1, 0, 0],
            [0, 1, 0],
            [0, 0, 1],
          ],
        },
      },
    },
    children: [{ className: 'ProximityPrompt', name: 'Open', properties: { HoldDuration: { Float32: 1 } } }],
  };
  const scripts = {
    workspace: [door],
    server: {
      Main: `workspace.Door.Open.Triggered:Connect(function(player)
        if (player.Character.PrimaryPart.Position - workspace.Door.Position).Magnitude > 15 then return end
        workspace.Door:SetAttribute("Opened", true)
      end)`,
    },
  };

  it('walks, holds a prompt, and is met', async () => {
    const report = await playScenario(
      { runtime },
      scripts,
      `local alice = play.join("expert")
       play.triggerFromAfar(alice, "Door")
       play.expect("far away is too far", workspace.Door:GetAttribute("Opened") == nil)
       play.trigger(alice, "Open")
       play.waitUntil("the door is open", function() return workspace.Door:GetAttribute("Opened") end)`,
    );
    expect(report.scenarios).toMatchObject([{ passed: true, expectations: 2 }]);
    expect(judgePlay(report)).toMatchObject({
      verdict: 'pass',
      summary: expect.stringContaining('1 of 1 scenarios passed') as string,
    });
  });

  it('says by its own words and line what was not met', async () => {
    const report = await playScenario(
      { runtime },
      scripts,
      'play.join()\nplay.expect("the door is open", workspace.Door:GetAttribute("Opened"))',
    );
    expect(judgePlay(report)).toMatchObject({
      verdict: 'fail',
      findings: ['scenario: line 3: expected: the door is open'],
    });
  });

  it('that nobody wrote leaves the gate without a verdict', async () => {
    const report = await play({ runtime }, placeOf(scripts), { scenarios: [], idleSeconds: 1 });
    expect(judgePlay(report)).toMatchObject({
      verdict: 'inconclusive',
      summary: expect.stringContaining('NAME.play.luau') as string,
    });
  });
});
