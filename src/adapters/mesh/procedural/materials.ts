/** Looks of the recipes' surfaces: sRGB colours, and glTF's metallic-roughness factors. */
export type Look = {
  color: string;
  roughness: number;
  metallic: number;
  /** Share of its own colour that the surface sends out, 0 … 1. */
  glow?: number;
};

const matte = (color: string, roughness = 0.95): Look => ({ color, roughness, metallic: 0 });
const metal = (color: string, roughness = 0.55): Look => ({ color, roughness, metallic: 0.8 });
const light = (color: string): Look => ({ color, roughness: 0.6, metallic: 0, glow: 1 });

export const looks = {
  'old-wood': matte('#64503f'),
  'grey-wood': matte('#726a61'),
  'dark-wood': matte('#3f3229'),
  'black-wood': matte('#241f1c'),
  'roof-slate': matte('#40444a', 0.8),
  'roof-shadow': matte('#31363d', 0.8),
  'roof-moss': matte('#41463a'),
  stone: matte('#75736c'),
  'dark-stone': matte('#4b4c4f'),
  'pale-stone': matte('#918d82'),
  brick: matte('#643f36'),
  moss: matte('#414a2c'),
  earth: matte('#3d3228'),
  bark: matte('#4c423b'),
  'dead-bark': matte('#6a6158'),
  iron: metal('#46494e'),
  rust: { color: '#6f432c', roughness: 0.85, metallic: 0.3 },
  brass: metal('#8f7038', 0.4),
  rope: matte('#857352'),
  cloth: matte('#38363d'),
  rag: matte('#57504a'),
  velvet: matte('#4a1b22'),
  wax: matte('#c2b591', 0.5),
  bone: matte('#b9ad90', 0.7),
  'grey-flesh': matte('#5e6657', 0.75),
  'pale-flesh': matte('#857f76', 0.7),
  'dark-flesh': matte('#34333a', 0.65),
  'brown-flesh': matte('#594439', 0.75),
  'blue-flesh': matte('#4b5054', 0.7),
  maw: matte('#1c0b0e', 0.5),
  night: matte('#101013'),
  'red-paint': matte('#7a2c28', 0.6),
  'green-paint': matte('#45523f', 0.6),
  'window-glow': light('#ffb84d'),
  flame: light('#ffa63d'),
  'red-glow': light('#ff3d28'),
  'green-glow': light('#a6ff5e'),
  'cold-glow': light('#b4e4ff'),
} as const satisfies Record<string, Look>;

export type MaterialName = keyof typeof looks;
