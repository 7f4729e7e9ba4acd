import { type Program, typeError } from '../program.js';

export const wrongModules: readonly Program[] = [
  {
    name: 'an error across two modules',
    modules: {
      Wallet:
        'local Wallet = {}\nfunction Wallet.add(player: Player, coins: number) player:SetAttribute("Coins", coins) end\nreturn Wallet',
    },
    source:
      'local Wallet = require(script.Parent.Wallet)\nWallet.add(game:GetService("Players"):GetPlayers()[1], "five")',
    wrong: [typeError(3, "'number'")],
  },
  {
    name: 'a member that another module does not have',
    modules: { Wallet: 'return table.freeze({ limit = 5 })' },
    source: 'local Wallet = require(script.Parent.Wallet)\nprint(Wallet.maximum)',
    wrong: [typeError(3, "'maximum'")],
  },
  {
    name: 'a type that another module exports',
    modules: { Kinds: 'export type Kind = { name: string, part: BasePart }\nreturn {}' },
    source:
      'local Kinds = require(script.Parent.Kinds)\nlocal kind: Kinds.Kind = { name = "a", part = Instance.new("Sound") }\nprint(kind)',
    wrong: [typeError(3, "'BasePart'")],
  },
  {
    name: 'a module that is not there',
    source: 'local Wallet = require(script.Parent.Wallet)\nprint(Wallet)',
    wrong: [typeError(2, 'Wallet')],
  },
];
