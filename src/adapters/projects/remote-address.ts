import { statSync } from 'node:fs';
import path from 'node:path';

import { invalidInput } from '../../domain/failure.js';

const noCredentials =
  'leave the credentials out and let Git find them: a credential helper (https://git-scm.com/docs/gitcredentials) or an SSH key';

/**
 * Checks where a project's repository is, and makes a local path absolute. Addresses end up in files, logs and
 * histories, so one that carries a credential is refused, and the message does not repeat it.
 */
export function parseRemoteAddress(address: string): string {
  if (address.trim() === '' || address.startsWith('-')) {
    throw refused(`"${address}"`, 'expected a Git URL (https, ssh, file) or the path of a repository');
  }
  if (isScpLike(address)) return address;
  if (!/^[a-z][a-z0-9+.-]+:/i.test(address) || path.isAbsolute(address)) return localPath(address);
  return checkedUrl(address);
}

/** True where the address is a folder of this machine; `file:` URLs count as remotes. */
export function isLocalPath(address: string): boolean {
  return path.isAbsolute(address);
}

/** `git@host:owner/game.git`; a single letter before the colon is a Windows drive. */
function isScpLike(address: string): boolean {
  return /^(?:[\w.-]+@)?[\w.-]{2,}:(?!\/\/)[^\\:]+$/.test(address) && !path.isAbsolute(address);
}

function localPath(address: string): string {
  const absolute = path.resolve(address);
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw refused(`"${absolute}"`, 'expected a folder that is there: the repository of the game');
  }
  return absolute;
}

function checkedUrl(address: string): string {
  if (!URL.canParse(address))
    throw refused('a malformed URL', 'expected a Git URL such as https://host/owner/game.git');
  const url = new URL(address);
  if (!['https:', 'http:', 'ssh:', 'git:', 'file:'].includes(url.protocol)) {
    throw refused(`a URL that starts with ${url.protocol}`, 'expected https, ssh or file');
  }
  const carriesToken = /^https?:$/.test(url.protocol) && (url.username !== '' || url.search !== '');
  if (url.password !== '' || carriesToken) {
    throw refused(`a URL of ${url.host} with a credential in it`, noCredentials);
  }
  return address;
}

function refused(value: string, remedy: string): Error {
  return invalidInput("the project's repository", [{ field: 'repository', value, remedy }]);
}
