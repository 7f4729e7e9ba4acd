import { type Program, row, typeError } from '../program.js';

const part = 'local part = Instance.new("Part")';
const anyone = 'local player = game:GetService("Players"):GetPlayers()[1]';

export const wrongResults: readonly Program[] = [
  row(
    'a nil-able result used without a look',
    `${part}\nprint(part:FindFirstChild("Fire").Name)`,
    typeError(3, 'could be nil'),
  ),
  row(
    'a nil-able property',
    `${anyone}\nplayer.Character:PivotTo(CFrame.new())`,
    typeError(3, 'could be nil'),
  ),
  row(
    'a class’s nil-able child',
    `${part}\npart:FindFirstChildOfClass("Sound"):Play()`,
    typeError(3, 'could be nil'),
  ),
  row(
    'a cast that may miss',
    'print(workspace:Raycast(Vector3.zero, Vector3.one).Position)',
    typeError(2, 'could be nil'),
  ),
  row(
    'a wait that may end',
    `${part}\nprint(part:WaitForChild("Fire", 5).Name)`,
    typeError(3, 'could be nil'),
  ),
  row(
    'an instance for what it may be',
    `${part}\nfor _, child in part:GetChildren() do\n\tchild.Transparency = 1\nend`,
    typeError(4, "'Transparency' not found"),
  ),
  row(
    'another class after IsA',
    `${part}\nfor _, child in part:GetChildren() do\n\tif child:IsA("Sound") then\n\t\tchild.Transparency = 1\n\tend\nend`,
    typeError(5, "'Transparency' not found"),
  ),
  row(
    'a result of another type',
    'local n: number = Instance.new("Part").Name\nprint(n)',
    typeError(2, "'number'"),
  ),
  row(
    'a handler of the wrong type',
    'game:GetService("Players").PlayerAdded:Connect(function(name: string) print(name) end)',
    typeError(2, 'Player'),
  ),
  row(
    'a handler that wants more',
    'Instance.new("Part").Destroying:Connect(function(reason: string) print(reason) end)',
    typeError(2, 'string'),
  ),
  row(
    'a misspelt member in a handler',
    'game:GetService("Players").PlayerAdded:Connect(function(player) print(player.Nme) end)',
    typeError(2, "'Nme' not found"),
  ),
  row(
    'what Wait returns',
    'local player = game:GetService("Players").PlayerAdded:Wait()\nprint(player.Nme)',
    typeError(3, "'Nme' not found"),
  ),
  row(
    'a call in place of a handler',
    'Instance.new("Part").Touched:Connect(print("touched"))',
    typeError(2, 'Argument count mismatch'),
  ),
  row('fire instead of Fire', 'Instance.new("BindableEvent"):fire(1)', typeError(2, "'fire' not found")),
  row(
    'a connection’s old method',
    'local c = Instance.new("Part").Touched:Connect(print)\nc:disconnect()',
    typeError(3, "'disconnect' not found"),
  ),
  row(
    'a receipt handler that answers with a boolean',
    'game:GetService("MarketplaceService").ProcessReceipt = function() return true end',
    typeError(2, 'EnumProductPurchaseDecision'),
  ),
];
