import { childOf, descendants, textOf, type SyntaxNode } from '../../luau-syntax/index.js';
import {
  argumentsOf,
  calleeOf,
  literalOf,
  methodOf,
  serviceOf,
  type LintHit,
  type LintRule,
  type LintScript,
} from '../lint-script.js';

const words = (text: string) => new Set(text.split(' '));

/** What works on one side only. Source: the pages of each class on create.roblox.com/docs/reference/engine. */
const only = {
  client: {
    services: words('UserInputService ContextActionService GuiService HapticService VRService'),
    members: words('LocalPlayer RenderStepped PreRender OnClientEvent OnClientInvoke'),
    methods: words('BindToRenderStep UnbindFromRenderStep FireServer InvokeServer GetMouse'),
  },
  server: {
    services: words(
      'DataStoreService MemoryStoreService MessagingService ServerStorage ServerScriptService BadgeService',
    ),
    members: words('OnServerEvent OnServerInvoke ProcessReceipt'),
    methods: words(
      'FireClient FireAllClients InvokeClient Kick LoadCharacter SetNetworkOwner GetDataStore BindToClose',
    ),
  },
} as const;

/** `Kick` of the local player, and the like, work on the client too. */
const alsoElsewhere = words('Kick BadgeService');

type OneSide = keyof typeof only;

function foreignIn(script: LintScript, node: SyntaxNode, side: OneSide): string | undefined {
  const { services, members, methods } = only[side];
  if (node.type === 'function_call') {
    const method = methodOf(script, node);
    const service =
      calleeOf(script, node) === 'game:GetService' ? literalOf(script, argumentsOf(node)[0]) : undefined;
    if (service !== undefined && services.has(service)) return service;
    return method !== undefined && methods.has(method) ? method : undefined;
  }
  if (node.type !== 'dot_index_expression') return undefined;
  const field = childOf(node, 'field');
  const name = field && textOf(script.tree, field);
  return name !== undefined && members.has(name) ? name : undefined;
}

export const wrongSide: LintRule = {
  id: 'wrong-side',
  find: (script) => {
    if (script.side === 'shared') return [];
    const other: OneSide = script.side === 'server' ? 'client' : 'server';
    return [...descendants(script.tree.root)].flatMap((node): LintHit[] => {
      const name = foreignIn(script, node, other);
      if (name === undefined || alsoElsewhere.has(name)) return [];
      return [
        {
          node,
          message: `${name} is there for the ${other} only, and this script runs on the ${script.side}`,
          fix: `do this in a script of the ${other}, and let the two talk by a RemoteEvent`,
        },
      ];
    });
  },
};

/** Members that generators like to look for on the wrong service. */
const owners: Record<string, string> = Object.fromEntries(
  Object.entries({
    Players: 'GetPlayers GetPlayerByUserId GetPlayerFromCharacter PlayerAdded PlayerRemoving LocalPlayer',
    RunService:
      'Heartbeat Stepped RenderStepped PreRender PreSimulation PostSimulation PreAnimation IsServer IsClient IsStudio BindToRenderStep',
    CollectionService: 'AddTag RemoveTag HasTag GetTagged GetInstanceAddedSignal GetInstanceRemovedSignal',
    HttpService: 'JSONEncode JSONDecode GenerateGUID RequestAsync PostAsync UrlEncode',
    DataStoreService: 'GetDataStore GetOrderedDataStore GetGlobalDataStore',
    PathfindingService: 'CreatePath',
    ContentProvider: 'PreloadAsync',
    MarketplaceService: 'PromptProductPurchase PromptGamePassPurchase UserOwnsGamePassAsync ProcessReceipt',
    UserInputService: 'InputBegan InputEnded InputChanged IsKeyDown GetMouseLocation TouchEnabled',
    Workspace: 'Raycast Spherecast Blockcast GetPartBoundsInBox GetPartBoundsInRadius Gravity CurrentCamera',
    Lighting:
      'ClockTime Ambient FogEnd FogStart OutdoorAmbient GetMinutesAfterMidnight SetMinutesAfterMidnight',
    TeleportService: 'TeleportAsync ReserveServerAsync',
    MessagingService: 'PublishAsync SubscribeAsync',
  }).flatMap(([service, members]) => members.split(' ').map((member) => [member, service])),
);
/** Tags are read and written on every instance, too; a model and a camera have members of these names. */
const onEveryInstance = words('AddTag RemoveTag HasTag');

export const wrongService: LintRule = {
  id: 'wrong-service',
  find: (script) =>
    [...descendants(script.tree.root)].flatMap((node): LintHit[] => {
      const isMember = node.type === 'dot_index_expression' || node.type === 'method_index_expression';
      const field = isMember ? (childOf(node, 'field') ?? childOf(node, 'method')) : undefined;
      const member = field && textOf(script.tree, field);
      const owner = member === undefined || onEveryInstance.has(member) ? undefined : owners[member];
      if (member === undefined || owner === undefined) return [];
      const service = serviceOf(script, childOf(node, 'table'));
      if (service === undefined || service === owner) return [];
      return [
        {
          node,
          message: `${service} has no ${member}: ${owner} has it`,
          fix: `local ${owner} = game:GetService("${owner}")`,
        },
      ];
    }),
};
