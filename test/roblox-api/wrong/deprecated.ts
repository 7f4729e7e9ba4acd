import { deprecated, deprecatedGlobal, type Program, row } from '../program.js';

export const deprecatedPrograms: readonly Program[] = [
  row('wait', 'wait(1)', deprecatedGlobal(2, 'task.wait')),
  row('spawn', 'spawn(function() end)', deprecatedGlobal(2, 'task.spawn')),
  row('delay', 'delay(1, function() end)', deprecatedGlobal(2, 'task.delay')),
  row('a cast by a ray', 'workspace:FindPartOnRay(Ray.new())', deprecated(2, 'Raycast')),
  row('a cast with a list', 'workspace:FindPartOnRayWithIgnoreList(Ray.new(), {})', deprecated(2, 'Raycast')),
  row(
    'parts of a region',
    'workspace:FindPartsInRegion3(Region3.new())',
    deprecated(2, 'GetPartBoundsInBox'),
  ),
  row(
    'an animation on the humanoid',
    'Instance.new("Humanoid"):LoadAnimation(Instance.new("Animation"))',
    deprecated(2, 'Animator:LoadAnimation'),
  ),
  row(
    'a model’s old pivot',
    'Instance.new("Model"):SetPrimaryPartCFrame(CFrame.new())',
    deprecated(2, 'PivotTo'),
  ),
  row(
    'an event before rendering',
    'game:GetService("RunService").RenderStepped:Wait()',
    deprecated(2, 'PreRender'),
  ),
  row(
    'an event before physics',
    'game:GetService("RunService").Stepped:Wait()',
    deprecated(2, 'PreSimulation'),
  ),
  row(
    'a filter’s old list',
    'RaycastParams.new().FilterDescendantsInstances = {}',
    deprecated(2, 'ExcludeInstances'),
  ),
  row(
    'a part’s old velocity',
    'Instance.new("Part").Velocity = Vector3.zero',
    deprecated(2, 'AssemblyLinearVelocity'),
  ),
  row(
    'a text’s old colour',
    'Instance.new("TextLabel").FontSize = Enum.FontSize.Size14',
    deprecated(2, 'TextSize'),
  ),
  row(
    'teleporting as it was',
    'game:GetService("TeleportService"):TeleportToPlaceInstance(1, "a")',
    deprecated(2, 'TeleportAsync'),
  ),
  row('a body mover', 'Instance.new("BodyVelocity").Parent = workspace', deprecated(2, 'LinearVelocity')),
  row('a new instance’s parent', 'print(Instance.new("Part", workspace))', deprecated(2, 'set Parent last')),
  row('an enum item that was renamed', 'print(Enum.AssetType.TeeShirt)', deprecated(2, 'TShirt')),
];
