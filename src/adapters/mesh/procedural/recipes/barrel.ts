import { Model } from '../model.js';
import { choice, defineRecipe, fraction } from '../recipe.js';

export const barrel = defineRecipe({
  name: 'barrel',
  role: 'prop',
  description: 'A barrel of bulging staves with rusted hoops; a stave or two have sprung.',
  defaultSizeStuds: { x: 3, y: 4, z: 3 },
  parameters: {
    decay: fraction('How many staves are broken', 0.4),
    content: choice('What it is filled with', ['closed', 'glow', 'empty']),
  },
  build({ workshop, random, size, parameters }) {
    const radius = Math.min(size.x, size.z) / 2;
    const height = size.y * 0.98;
    const staves = workshop.count(13, 6);
    const chord = 2 * radius * Math.tan(Math.PI / staves);
    const bulge = (share: number) => radius * (0.8 + 0.17 * Math.sin(share * Math.PI));
    const levels = workshop.fine ? [0, 0.25, 0.5, 0.75, 1] : [0, 0.5, 1];
    let model = new Model();
    for (let index = 0; index < staves; index += 1) {
      const broken = random.chance(parameters.decay * 0.22) ? random.between(0.55, 0.8) : 1;
      const slack = random.between(0, 0.025) * radius;
      const profile = [
        ...levels.map((share): [number, number] => [
          bulge(share * broken) + slack,
          share * height * broken * random.between(0.985, 1),
        ]),
        ...[...levels]
          .reverse()
          .map((share): [number, number] => [bulge(share * broken) - radius * 0.1, share * height * broken]),
      ];
      const stave = workshop.prism(profile, chord * 0.96).turn(0, (index * 360) / staves, random.around(0.7));
      model = model.with(random.pick(['old-wood', 'dark-wood', 'old-wood']), stave);
    }
    const hoop = (share: number, grow: number) => {
      const reach = bulge(share) + radius * grow;
      const band = height * 0.065;
      return workshop
        .cylinder(reach, reach, band, 16)
        .minus(workshop.cylinder(reach * 0.9, reach * 0.9, band * 3, 16).move(0, -band, 0))
        .turn(random.around(1.5), 0, random.around(1.5))
        .move(0, share * height - band / 2, 0);
    };
    const lid = workshop.cylinder(bulge(0.9) * 0.94, bulge(0.9) * 0.94, 0.18, 14);
    const { content } = parameters;
    model = model
      .with('rust', hoop(0.1, 0.07), hoop(0.33, 0.075), hoop(0.67, 0.075), hoop(0.9, 0.07))
      .with('dark-wood', lid.move(0, 0.1, 0));
    switch (content) {
      case 'closed':
        return model
          .with(
            'grey-wood',
            lid
              .minus(
                ...[-0.5, 0, 0.5].map((x) => workshop.box(0.05, 0.1, radius * 3).move(x * radius, 0.18, 0)),
              )
              .move(0, height * 0.9, 0),
          )
          .with(
            'dark-wood',
            workshop
              .box(radius * 0.3, 0.16, radius * 1.5)
              .turn(0, 90, 0)
              .move(0, height * 0.9 + 0.2, 0),
          );
      case 'glow':
        return model.with('green-glow', lid.move(0, height * 0.78, 0));
      case 'empty':
        return model.with('night', lid.move(0, height * 0.3, 0));
    }
  },
});
