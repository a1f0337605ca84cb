import { AppError } from '@jiga/contracts';
import type { ProviderRegistry } from '@jiga/providers';
import { SKILLS } from '@jiga/vision';

import type { FieldProblem } from '../http/validation.decorators.js';

const SKILL_ID = /^[a-z][a-z0-9_.-]{0,63}$/;
const MAX_SKILLS = 64;
const OFFERED: ReadonlySet<string> = new Set(SKILLS.map(({ id }) => id));

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const pointerPart = (key: string | number): string => String(key).replaceAll('~', '~0').replaceAll('/', '~1');

/** A list of skill ids, or ids with the settings of each; absent or null = all. */
export function skillProblems(skills: unknown, pointer = '/skills'): FieldProblem[] {
  if (skills === undefined || skills === null) return [];
  if (typeof skills !== 'object') {
    return [{ pointer, code: 'wrong_type', detail: 'skills must be a list of ids or an object of settings' }];
  }
  const entries: [string | number, unknown][] = Array.isArray(skills)
    ? skills.map((id: unknown, index) => [index, id])
    : Object.entries(skills);
  if (entries.length > MAX_SKILLS) {
    return [{ pointer, code: 'bad_length', detail: `skills holds at most ${MAX_SKILLS}` }];
  }
  return entries.flatMap(([key, value]) => skillProblem(key, value, `${pointer}/${pointerPart(key)}`));
}

function skillProblem(key: string | number, value: unknown, pointer: string): FieldProblem[] {
  const id = typeof key === 'number' ? value : key;
  if (typeof id !== 'string' || !SKILL_ID.test(id)) {
    return [{ pointer, code: 'bad_format', detail: 'must be a skill id' }];
  }
  if (!OFFERED.has(id)) {
    return [{ pointer, code: 'not_allowed', detail: `this server has the skills ${[...OFFERED].join(', ')}` }];
  }
  if (typeof key === 'string' && !isObject(value)) {
    return [{ pointer, code: 'wrong_type', detail: `${key} must be an object of settings` }];
  }
  return [];
}

/** Throws AppError `validation_failed` for fallback chains that this server cannot follow; absent or null = its own. */
export function refuseBadChains(registry: ProviderRegistry, chains: unknown, pointer: string): void {
  if (chains === undefined || chains === null) return;
  const fields = registry.check(chains).map(({ path, code, detail }) => ({
    pointer: [pointer, ...path.map(pointerPart)].join('/'),
    code,
    detail,
  }));
  if (fields.length > 0) throw new AppError('validation_failed', `${fields[0]?.detail}.`, { fields });
}
