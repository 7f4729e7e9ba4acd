import { type Program, row, typeError } from '../program.js';

const part = 'local part = Instance.new("Part")';

export const wrongValues: readonly Program[] = [
  row(
    'a constructor of a datatype that is none',
    'local v = Vector3.create(1, 2, 3)\nprint(v)',
    typeError(2, "'create'"),
  ),
  row('a misspelt constructor', 'local c = Color3.fromRgb(1, 2, 3)\nprint(c)', typeError(2, "'fromRgb'")),
  row('a string in a Vector3', 'local v = Vector3.new("1", 2, 3)\nprint(v)', typeError(2, "'number?'")),
  row(
    'too many components',
    'local v = Vector2.new(1, 2, 3)\nprint(v)',
    typeError(2, 'Argument count mismatch'),
  ),
  row(
    'a CFrame of a table',
    'local c = CFrame.new({ 1, 2, 3 })\nprint(c)',
    typeError(2, /overload|'Vector3'/),
  ),
  row('a scale without its offset', 'local u = UDim2.new(1, 0, 1)\nprint(u)', typeError(2, /overload/)),
  row('a sum of a vector and a number', 'print(Vector3.one + 1)', typeError(2, 'Vector3')),
  row(
    'a tween’s style by name',
    'local t = TweenInfo.new(1, "Quad")\nprint(t)',
    typeError(2, "'EnumEasingStyle?'"),
  ),
  row('a misspelt member of a datatype', 'print(Vector3.one.Lenght)', typeError(2, "'Lenght' not found")),
  row('a lower-case member of 2014', 'print(Vector3.one.magnitude)', typeError(2, "'magnitude' not found")),
  row(
    'a number for a colour',
    `${part}\npart.Color = BrickColor.new("Bright red")`,
    typeError(3, "'Color3'"),
  ),
  row(
    'an enum item that is not there',
    `${part}\npart.Material = Enum.Material.Stone`,
    typeError(3, "'Stone' not found"),
  ),
  row('an enum that is not there', 'print(Enum.Materials.Wood)', typeError(2, "'Materials' not found")),
  row(
    'an item of another enum',
    `${part}\npart.Material = Enum.PartType.Ball`,
    typeError(3, "'EnumMaterial'"),
  ),
  row('an item’s name for the item', `${part}\npart.Material = "Slate"`, typeError(3, "'EnumMaterial'")),
  row('a misspelt key', 'print(Enum.KeyCode.Sapce)', typeError(2, "'Sapce' not found")),
  row('a class that does not exist', 'local b = Instance.new("Brick")\nprint(b)', typeError(2, 'Brick')),
  row(
    'a class that cannot be created',
    'local s = Instance.new("Players")\nprint(s)',
    typeError(2, 'Players'),
  ),
  row('an abstract class', 'local b = Instance.new("BasePart")\nprint(b)', typeError(2, 'BasePart')),
  row('a service that is none', 'print(game:GetService("DataService"))', typeError(2, 'DataService')),
  row('a class for a service', 'print(game:GetService("Part"))', typeError(2, 'Part')),
  row(
    'an unknown class asked for',
    `${part}\nprint(part:FindFirstChildOfClass("Humaniod"))`,
    typeError(3, 'Humaniod'),
  ),
  {
    ...row('an unknown class in IsA', `${part}\nprint(part:IsA("BasePrat"))`, typeError(3, 'BasePrat')),
    solver: 'old',
  },
  row('an unknown type', 'local function f(p: Playr) print(p) end\nf(nil :: any)', typeError(2, "'Playr'")),
  row('an unknown global', 'print(Game:GetService("Players"))', typeError(2, "'Game'")),
];
