import { describe, expect, it } from 'vitest';

import {
  describeFinding,
  findForeignAssets,
  findLoadstring,
  findUncheckedRemotes,
  findUnknownHosts,
  makesRequests,
  tokenizeLuau,
  withoutAllowed,
} from '../../src/adapters/quality/index.js';

const file = 'src/server/Main.server.luau';
const tokensOf = (source: string) => tokenizeLuau(source).tokens;

describe('loadstring', () => {
  it.each([
    ['loadstring("x")()', 1],
    ['local run = loadstring', 1],
    ['-- loadstring("x")\nprint("loadstring")', 0],
    ['sandbox.loadstring("x")', 0],
  ])('%j has %i findings', (source, count) => {
    expect(findLoadstring(file, tokensOf(source))).toHaveLength(count);
  });
});

describe('assets of others', () => {
  it.each([
    ['require(4711)', 1],
    ['require(0x1267)', 1],
    ['require(4_711)', 1],
    ['InsertService:LoadAsset("4711")', 1],
    ['AssetService:LoadAssetAsync(4711)', 1],
    ['game:GetObjects("rbxassetid://4711")', 1],
    ['require(script.Parent.Grid)', 0],
    ['AssetService:LoadAssetAsync(assetId)', 0],
    ['-- require(4711)', 0],
    ['require(42)', 0],
  ])('%s has %i findings', (source, count) => {
    expect(findForeignAssets(file, tokensOf(source), new Set(['42']))).toHaveLength(count);
  });

  it('are named with place and remedy', () => {
    const [finding] = findForeignAssets(file, tokensOf('\n  require(4711)'), new Set());
    expect(describeFinding(finding!)).toBe(
      `${file}:2:3 foreign-asset: require of asset 4711, whose code somebody else can change ` +
        '(fix: copy the code into the project, or add the id to gates.security.allowedAssets)',
    );
  });
});

describe('requests', () => {
  it.each([
    ['local http = game:GetService("HttpService")\nhttp:PostAsync(url, body)', true],
    ['local http: HttpService = game:GetService("HttpService")\nhttp:RequestAsync({})', true],
    ['game:GetService("HttpService"):GetAsync(url)', true],
    ['HttpService:GetAsync(url)', true],
    ['local http = game:GetService("HttpService")\nstore:GetAsync(key) http:JSONEncode({})', false],
  ])('%j: %s', (source, expected) => {
    expect(makesRequests(tokensOf(source))).toBe(expected);
  });

  it.each([
    ['"https://evil.test/x"', 'the game may call evil.test'],
    ['`https://{host}/x`', 'an address whose host is made at run time'],
    ['"HTTPS://me:pw@EVIL.test:8080"', 'the game may call evil.test'],
    ['"\\104ttps://evil.test"', 'the game may call evil.test'],
    ['"https://api.example.com.evil.test/"', 'the game may call api.example.com.evil.test'],
    ['"https://example.org/"', 'the game may call example.org'],
  ])('%s is not allowed', (literal, message) => {
    const [finding] = findUnknownHosts(file, tokensOf(`f(${literal})`), ['api.example.com', '*.example.org']);
    expect(finding?.message).toBe(message);
  });

  it('go to hosts that the project allows', () => {
    const source =
      'f("https://api.example.com/v1", "https://a.b.example.org", "see http", -- https://evil.test\n 1)';
    expect(findUnknownHosts(file, tokensOf(source), ['api.example.com', '*.example.org'])).toEqual([]);
  });
});

describe('handlers of remotes', () => {
  const unchecked = (source: string) =>
    findUncheckedRemotes(file, tokensOf(source)).map(({ message }) => /uses "(.+?)"/.exec(message)?.[1]);

  it.each([
    ['buy.OnServerEvent:Connect(function(player, item) give(player, item) end)', ['item']],
    ['buy.OnServerEvent:Connect(function(player: Player, item: string, n) give(item, n) end)', ['item', 'n']],
    ['buy.OnServerInvoke = function(player, item) return shop[item] end', ['item']],
    ['local function onBuy(player, item) shop[item] = true end\nbuy.OnServerEvent:Connect(onBuy)', ['item']],
    ['function Shop.onBuy(player, item) shop[item] = true end\nbuy.OnServerEvent:Once(Shop.onBuy)', ['item']],
    ['buy.OnServerEvent:Connect(function(player, ...) give(...) end)', ['...']],
    ['buy.OnServerEvent:Connect(function(player, ...) local list = { ... } give(list) end)', ['...']],
    ['buy.OnServerEvent:Connect(function(player, item) if item ~= nil then give(item) end end)', ['item']],
    [
      'buy.OnServerEvent:Connect(function(player, item) give(item) end)\nassert(typeof(item) == "string")',
      ['item'],
    ],
    [
      'buy.OnServerEvent:Connect(function(player, item) local x = if a then 1 elseif b then 2 else if c then 3 else 4\n give(x) end)\ncheck(item) give(item)',
      [],
    ],
    [
      'buy.OnServerEvent:Connect(function(player, item)\n local x = if a then 1 else 2\n if x then give(item) end\nend)\ntypeof(item)',
      ['item'],
    ],
    [
      'buy.OnServerEvent:Connect(function(player, item)\n for _ in t do repeat g() until h end\n while i do break end\n give(item)\nend)',
      ['item'],
    ],
  ])('%j: unchecked %j', (source, expected) => {
    expect(unchecked(source)).toEqual(expected);
  });

  it.each([
    'e.OnServerEvent:Connect(function(player, item) if typeof(item) ~= "string" then return end give(item) end)',
    'e.OnServerEvent:Connect(function(player, item) if item == "lamp" then give(player) end end)',
    'e.OnServerEvent:Connect(function(player, part) if not part:IsA("BasePart") then return end hit(part) end)',
    'e.OnServerEvent:Connect(function(player, item) assert(t.string(item)) give(item) end)',
    'e.OnServerEvent:Connect(function(player, ...) local item = Guard.check(player, ...) give(item) end)',
    'e.OnServerEvent:Connect(function(player, ...) local list = { ... } if guard:refuse(player, list) then return end give(list) end)',
    'e.OnServerEvent:Connect(function(player, _unused) give(player) end)',
    'e.OnServerEvent:Connect(function(player, item) other.item = 1 end)',
    'e.OnServerEvent:Connect(function(player) give(player) end)',
    '-- e.OnServerEvent:Connect(function(player, item) give(item) end)',
    'e.OnClientEvent:Connect(function(item) give(item) end)',
  ])('%s is fine', (source) => {
    expect(unchecked(source)).toEqual([]);
  });
});

describe('a comment that allows', () => {
  it('lets its rule go on its line and the next, with a reason', () => {
    const source = tokenizeLuau(
      [
        'loadstring(a) -- graveshift: allow loadstring (the console of our developers)',
        '-- graveshift: allow loadstring (the same)',
        'loadstring(b)',
        '-- graveshift: allow loadstring ()',
        'loadstring(c)',
        '-- graveshift: allow unknown-host (another rule)',
        'loadstring(d)',
      ].join('\n'),
    );
    const { findings, allowed } = withoutAllowed(findLoadstring(file, source.tokens), source);
    expect(allowed).toBe(2);
    expect(findings.map(({ line }) => line)).toEqual([5, 7]);
  });
});
