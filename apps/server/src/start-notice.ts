import type { StartingKey } from '@jiga/platform';

import type { JigaServer } from './create-server.js';

/**
 * What an operator at a terminal needs first: where things are, the key, and one call that works as pasted. The key
 * itself is shown at the first start only; later calls read it from where it is kept.
 */
export function startNotice(
  { config, startingKey }: Pick<JigaServer, 'config' | 'startingKey'>,
  origin: string,
): string {
  return [
    `JIGA is ready on ${origin}`,
    `  console    ${origin}/console`,
    `  API docs   ${origin}/docs`,
    `  data       ${config.dataDir}`,
    ...keyLines(startingKey),
    ...curlLines(startingKey, origin),
    '',
  ].join('\n');
}

function keyLines(key: StartingKey): string[] {
  if (key.kind === 'admin') return ['  key        the one in JIGA_ADMIN_KEY'];
  if (key.kind === 'none') return ['  key        tokens of your identity provider'];
  const line = key.isNew ? `${key.key} (shown this once)` : 'the development key';
  return [`  key        ${line}`, `             kept in ${key.path}`];
}

function curlLines(key: StartingKey, origin: string): string[] {
  return [
    '',
    'Create a session:',
    '',
    `curl -s -X POST ${origin}/api/v1/jiga/sessions \\`,
    `  -H "Authorization: Bearer ${tokenInShell(key)}" \\`,
    `  -H 'Content-Type: application/json' -d '{"user_id":"player-1"}'`,
  ];
}

function tokenInShell(key: StartingKey): string {
  if (key.kind === 'admin') return '$JIGA_ADMIN_KEY';
  if (key.kind === 'none') return '$TOKEN';
  return key.isNew ? key.key : `$(cat '${key.path}')`;
}
