import ts from 'typescript';

import { deprecationOf } from './deprecation.js';
import type { ApiEnum } from './model.js';
import type { Typings } from './typings.js';

export function readEnums(typings: Typings): ApiEnum[] {
  return [...typings.enums].map(([name, block]) => ({
    name,
    items: block.statements.filter(ts.isVariableStatement).flatMap((statement) =>
      statement.declarationList.declarations.map((item) => ({
        name: item.name.getText(),
        ...deprecationOf([statement]),
      })),
    ),
  }));
}
