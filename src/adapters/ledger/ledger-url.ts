import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { invalidInput } from '../../domain/failure.js';

const remedy =
  'expected a path, or file: and a path, such as "file:/var/lib/graveshift/ledger.db"; SQLite files are what ' +
  'this version supports';

/** The file that a ledger's address names. @throws InvalidInput for anything but a file */
export function parseLedgerUrl(url: string): string {
  const wrong = (value: string): Error => invalidInput('The ledger', [{ field: 'url', value, remedy }]);
  // Two letters at least: `C:\ledger.db` is a path.
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    // `:memory:` forgets, which a ledger must not.
    if (url === '' || url.startsWith(':')) throw wrong(JSON.stringify(url));
    return path.resolve(url);
  }
  // Only the scheme is shown: the rest of a database's address may hold a password.
  if (scheme !== 'file') throw wrong(`an address of the kind "${scheme}:"`);
  try {
    const file = url.startsWith('file://') ? fileURLToPath(url) : url.slice('file:'.length);
    if (file !== '' && !file.endsWith('/')) return path.resolve(file);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  throw wrong(JSON.stringify(url));
}
